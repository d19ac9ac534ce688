"""A database with the shop's tables of a test's own, and what is landed of it."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import psycopg
from psycopg import sql

from local_stack.environments import dagster_environment
from local_stack.home import INFRA
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay
from spark_jobs.manifest import day_prefix
from tests.harness import lander
from tests.harness.lakehouse import Lakehouse
from tests.harness.shop_tables import tables_of
from tests.harness.stack import Stack

SHOP = INFRA / "postgres" / "shop"
Line = dict[str, str | None]


@dataclass
class ShopSource:
    """The shop's tables in a database; its name is also that of the slot, and of the domain in the lake.

    `server` is the address of its server, with a slash at the end; without it, it is the stack's own. With
    `database`, the tables are in the database of that name.
    """

    stack: Stack
    name: str
    mode: str = "stream"
    server: str = ""
    database: str = ""

    def create(self, *, is_simulated: bool = True) -> None:
        """Make the database with its tables and its publication, empty. Nothing of it is landed."""
        self.drop()
        self.empty_lake()
        with self._server() as server:
            server.execute(sql.SQL("create database {}").format(sql.Identifier(self.name)))
        with self.connect() as shop:
            for file in ("schema.sql", "readers.sql", *(["simulated.sql"] if is_simulated else [])):
                shop.execute((SHOP / file).read_bytes())

    def empty_lake(self) -> None:
        """Forget all that was landed."""
        for key in Lakehouse(self.stack).keys("datalake", f"bronze/{self.name}/"):
            self.s3.delete_object(Bucket="datalake", Key=key)

    def drop(self) -> None:
        """Drop the database and its slots."""
        with self._server() as server:
            server.execute(
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = %s",
                [self.name],
            )
            server.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(self.name))
            )

    @property
    def url(self) -> str:
        """The database, for its owner."""
        return self._url(self.database or self.name)

    def connect(self) -> psycopg.Connection:
        """A connection of the shop's application."""
        return psycopg.connect(self.url, autocommit=True)

    def execute(self, *statements: str) -> list[Any]:
        """Run statements, each in a transaction of its own; the rows of the last."""
        with self.connect() as shop:
            cursors = [shop.execute(statement.encode()) for statement in statements]
            return cursors[-1].fetchall() if cursors and cursors[-1].description else []

    @property
    def environment(self) -> dict[str, str]:
        """What the pipeline reads, for this database."""
        own = {
            "SHOPFLOW_OLTP_URL": self.url,
            "SHOPFLOW_OLTP_SLOT": self.name,
            "SHOPFLOW_OLTP_MODE": self.mode,
        }
        return {**os.environ, **dagster_environment(self.stack.home, self.stack.settings), **own}

    def attempt(self, action: str, *rest: object, **environment: str) -> subprocess.CompletedProcess[str]:
        """Land in a process of its own; see `tests.harness.lander` for what may follow the action."""
        return lander.start(self.environment | environment, self.name, action, *map(str, rest), timeout=120)

    def land(self, *days: date, also: tuple[object, ...] = (), **environment: str) -> dict[str, list[str]]:
        """Land days; the problems by day."""
        done = self.attempt("land", *days, *also, **environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @cached_property
    def s3(self) -> Any:
        """The owner's S3 client."""
        return self.stack.s3()

    def days(self) -> Iterator[DatabaseDay]:
        """The committed manifests, in order."""
        listed = self.s3.list_objects_v2(Bucket="datalake", Prefix=f"bronze/{self.name}/landings/")
        for key in sorted(entry["Key"] for entry in listed.get("Contents", [])):
            yield DatabaseDay.model_validate_json(self._get(key))

    def lines(self, table: str, day: date | None = None) -> list[Line]:
        """What is landed of a table, read from the objects that the manifests list."""
        bodies = (
            self._get(day_prefix(f"{self.name}/{table}", landed.partition_date) + file.name)
            for landed in self.days()
            if day in (None, landed.partition_date)
            for file in landed.files.get(table, ())
        )
        return [json.loads(line) for body in bodies for line in body.splitlines()]

    @cached_property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """The key of each table, as PostgreSQL has it."""
        rows = self.execute(
            "select i.indrelid::regclass::text, array_agg(a.attname::text) from pg_index i"
            " join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)"
            " where i.indisprimary and i.indrelid::regclass::text like 'shop.%' group by 1"
        )
        return {table.removeprefix("shop."): tuple(key) for table, key in rows}

    def current(self, table: str) -> set[tuple[tuple[str, str | None], ...]]:
        """The living rows after all landed changes."""
        return self.folded(table, self.lines(table))

    def folded(self, table: str, lines: list[Line]) -> set[tuple[tuple[str, str | None], ...]]:
        """The living rows after some changes of a table, in the order of their positions."""
        key, rows, ended = self.keys[table], {}, {}
        for line in sorted(lines, key=lambda line: str(line["_pos"])):
            if line["_op"] == "t":
                rows.clear()
                continue
            of_row = tuple(line[name] for name in key)
            before = rows.pop(of_row, {})
            unchanged = (line.get("_unchanged") or "").split(",")
            if line["_op"] == "d":
                ended[of_row] = before
            else:
                if old_key := line.get("_old_key"):
                    before = ended[tuple(json.loads(old_key)[name] for name in key)]
                values = {name: value for name, value in line.items() if not name.startswith("_")}
                rows[of_row] = {name: before[name] for name in unchanged if name} | values
        return {tuple(sorted(row.items())) for row in rows.values()}

    def source(self, table: str) -> set[tuple[tuple[str, str | None], ...]]:
        """The rows that the database has now, as texts, without card data."""
        with self.connect() as shop:
            shop.execute("set timezone = 'UTC'; set datestyle = 'ISO, YMD'")
            names = [
                name
                for (name,) in shop.execute(
                    "select column_name from information_schema.columns"
                    " where table_schema = 'shop' and table_name = %s and column_name !~ '^card_(n|e|c)'",
                    [table],
                )
            ]
            listed = ", ".join(f'"{name}"::text' for name in names)
            rows = shop.execute(f"select {listed} from shop.{table}".encode()).fetchall()
        return {tuple(sorted(zip(names, row, strict=True))) for row in rows}

    @property
    def tables(self) -> list[str]:
        """The names of all tables."""
        return [table.rules.table for table in tables_of(self.name)]

    def _server(self) -> psycopg.Connection:
        return psycopg.connect(self._url("postgres"), autocommit=True)

    def _url(self, database: str) -> str:
        settings = self.stack.settings
        own = settings.database_url("postgres", settings.postgres_password, database)
        return self.server + database if self.server else own

    def _get(self, key: str) -> bytes:
        return self.s3.get_object(Bucket="datalake", Key=key)["Body"].read()
