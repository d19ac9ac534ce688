"""A lake of their own for the tests of gold: schemas `gold_test` in silver and gold of the running stack.

Silver is written straight, without Spark and bronze, so that a history of many deliveries takes seconds.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from urllib.request import Request, urlopen

import polars as pl
import pytest
from dbt.cli.main import dbtRunner
from deltalake import DeltaTable, write_deltalake
from trino.dbapi import connect

from local_stack.environments import dbt_environment
from local_stack.home import Home
from local_stack.settings import HOST
from spark_jobs.contracts.contract import Contract, columns, table_rules
from spark_jobs.contracts.ecommerce import OrderLines
from spark_jobs.contracts.quality import Quarantine

SCHEMA = "gold_test"
TABLES: dict[str, type[Contract]] = {"order_lines": OrderLines, "quarantine": Quarantine}
START = date(2026, 1, 1)
MAX_ORDER_AGE_DAYS = 3

Row = dict[str, Any]


class GoldLake:
    """Silver tables to write into, and dbt in process to build gold from them."""

    def __init__(self, home: Home, environment: pytest.MonkeyPatch) -> None:
        """Create the silver tables, and read the dbt project with its schemas turned to this lake."""
        self.home, self._environment = home, environment
        self.query(f"create schema if not exists silver.{SCHEMA}")
        known = {name for (name,) in self.query(f"show tables from silver.{SCHEMA}")}
        for table in TABLES:
            self._write(table, [], "true")
            if table not in known:
                call = f"call silver.system.register_table('{SCHEMA}', '{table}', '{self._location(table)}')"
                self.query(call)
        settings = {
            **dbt_environment(home, home.settings()),
            "SHOPFLOW_START_DATE": f"{START}",
            "SHOPFLOW_MAX_ORDER_AGE_DAYS": f"{MAX_ORDER_AGE_DAYS}",
            "DBT_TARGET_PATH": f"{home.path}/dbt/{SCHEMA}",
        }
        for name, value in settings.items():
            environment.setenv(name, value)
        self.manifest: Any = dbtRunner().invoke(["parse", "--quiet"]).result
        for node in (*self.manifest.nodes.values(), *self.manifest.sources.values()):
            node.schema = SCHEMA

    def deliver(self, day: date, lines: Iterable[Row], quarantined: Iterable[Row] = ()) -> None:
        """Replace a day of silver, as a run of Spark over it does."""
        for table, rows in (("quarantine", quarantined), ("order_lines", lines)):
            self._write(table, rows, f"partition_date = '{day}'")

    def dbt(self, *arguments: str, first: date | None = None, last: date | None = None) -> dict[str, str]:
        """Call dbt for these days, or for none; returns what it says of each node that did not go well."""
        for name, day in (("SHOPFLOW_FROM", first), ("SHOPFLOW_TO", last)):
            if day:
                self._environment.setenv(name, f"{day}")
            else:
                self._environment.delenv(name, raising=False)
        done = dbtRunner(manifest=self.manifest).invoke([*arguments, "--quiet"])
        if done.exception:
            raise done.exception
        results: Any = done.result
        return {r.node.name: str(r.message) for r in results if r.status not in ("success", "pass")}

    def run(self, first: date, last: date, *models: str) -> None:
        """Build these models, or all, for the days."""
        assert self.dbt("run", *(["--select", *models] if models else []), first=first, last=last) == {}

    def empty(self) -> None:
        """Drop gold, create it without rows, and empty silver."""
        for table in TABLES:
            self._write(table, [], "true")
        self.rebuild()

    def rebuild(self, *days: date) -> None:
        """Drop gold, create it without rows, and build it in one run over the days, if there are any."""
        self.query(f"drop schema if exists gold.{SCHEMA} cascade")
        assert self.dbt("run", "--empty") == {}
        if days:
            self.run(min(days), max(days))

    def silver(self, table: str) -> pl.DataFrame:
        """All rows of a silver table."""
        return pl.read_delta(self._location(table), storage_options=self._storage)

    def silver_versions(self) -> dict[str, int]:
        """The newest version of each silver table, by the source's name in dbt."""
        return {
            f"{table_rules(contract).domain}.{table}": DeltaTable(
                self._location(table), storage_options=self._storage
            ).version()
            for table, contract in TABLES.items()
        }

    def gold(self, table: str, names: Sequence[str]) -> list[Row]:
        """These columns of a gold table, sorted."""
        rows = self.query(f"select {', '.join(names)} from gold.{SCHEMA}.{table}")
        return sorted((dict(zip(names, row, strict=False)) for row in rows), key=str)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a statement in Trino."""
        with connect(host=HOST, port=self.home.settings().trino_port, user="test") as connection:
            return [tuple(row) for row in connection.cursor().execute(sql).fetchall()]

    def rows_read(self, query_id: str) -> int:
        """How many rows of files a statement read."""
        url = f"http://{HOST}:{self.home.settings().trino_port}/v1/query/{query_id}"
        with urlopen(Request(url, headers={"X-Trino-User": "test"})) as answer:
            return json.load(answer)["queryStats"]["physicalInputPositions"]

    def _location(self, table: str) -> str:
        return f"s3://datalake/silver/{SCHEMA}/{table}"

    @property
    def _storage(self) -> dict[str, str]:
        settings = self.home.settings()
        return {
            "AWS_ENDPOINT_URL": settings.s3_endpoint,
            "AWS_REGION": settings.s3_region,
            "AWS_ACCESS_KEY_ID": settings.spark_s3_access_key,
            "AWS_SECRET_ACCESS_KEY": settings.spark_s3_secret_key.get_secret_value(),
            "AWS_ALLOW_HTTP": "true",
            "AWS_CONDITIONAL_PUT": "etag",
        }

    def _write(self, table: str, rows: Iterable[Row], where: str) -> None:
        schema = {column.name: column.dtype for column in columns(TABLES[table])}
        frame = pl.DataFrame(list(rows), schema=schema, orient="row")
        write_deltalake(
            self._location(table),
            frame.to_arrow(),
            mode="overwrite",
            predicate=where,
            partition_by=["partition_date"],
            storage_options=self._storage,
        )


def line(day: date, order_id: str, product_id: str, **values: Any) -> Row:
    """A row of silver order lines with what every row must have."""
    return {
        **dict.fromkeys(column.name for column in columns(OrderLines)),
        "order_id": order_id,
        "product_id": product_id,
        "customer_id": "ann",
        "order_date": datetime(day.year, day.month, day.day, 10),
        "price": 10,
        "quantity": 1,
        "discount": 0,
        "total_amount": 10,
        "payment_method": "paypal",
        "shipping_method": "express",
        "order_status": "pending",
        "partition_date": day,
        "source_file": "orders.csv",
        "ingested_at": datetime(2026, 2, 1),
        **values,
    }


def quarantined(day: date, record: str, domain: str = "ecommerce") -> Row:
    """A row of the quarantine."""
    return {
        "domain": domain,
        "table_name": "order_lines",
        "partition_date": day,
        "record": record,
        "reasons": ["price: required"],
        "source_file": "orders.csv",
        "ingested_at": datetime(2026, 2, 1),
    }
