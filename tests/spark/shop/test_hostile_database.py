"""Rows of a PostgreSQL database without constraints, by the change stream to silver and its checks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from pyspark.sql import SparkSession

from shopflow_assets.checks import silver_verdicts
from shopflow_assets.checks.silver_verdicts import SilverDay
from shopflow_assets.silver.reader import SilverReader
from shopflow_assets.sources.database.landed.landed_table import TableOfDatabase
from spark_jobs.contracts.contract import SilverContract
from spark_jobs.contracts.quality import Quarantine
from spark_jobs.contracts.shop.customers import Customers
from spark_jobs.contracts.shop.order_items import OrderItems
from spark_jobs.contracts.shop.orders import Orders
from spark_jobs.contracts.table import table_of
from spark_jobs.delta_tables import create
from spark_jobs.manifest import Manifest
from spark_jobs.silver_job import make_silver
from spark_jobs.silver_table import SilverTable
from tests.harness.lakehouse import Lakehouse
from tests.harness.shop_source import Line, ShopSource
from tests.harness.stack import Stack
from tests.spark.shop.hostile import GOOD
from tests.spark.shop.hostile_shop import ROWS, fill, own_texts, updates
from tests.spark.shop.landing.pipeline import environment, happens, land, landings

NAME = "shop_hostile"
# The instant of the hostile lines.
AT = datetime(2026, 12, 1, 10)
DAY = AT.date()
ON_DAY = pl.col("partition_date") == DAY
# What the good rows are read as.
VALUES: Mapping[type[SilverContract], dict[str, Any]] = {
    Orders: {
        **{"order_id": 1, "customer_id": 2, "order_ts": datetime(2026, 12, 1, 9, 59, 59, 500000)},
        **{"status": "paid", "amount": Decimal("25.00"), "channel": "web", "address_id": 3},
        **{"payment_method": "card", "discount": Decimal(0), "shipping": Decimal("4.90")},
        **{"tax": Decimal("0.10"), "currency": "EUR", "updated_at": AT},
    },
    OrderItems: {
        **{"order_id": 1, "product_id": 5, "quantity": 2, "unit_price": Decimal("10.00")},
        "updated_at": AT,
    },
    Customers: {
        **{"customer_id": 2, "name": "Ada Lovelace", "email": "ada@example.com", "city": "London"},
        **{"region": None, "signup_date": date(2026, 12, 1), "updated_at": AT},
    },
}


@dataclass(frozen=True)
class Outcome:
    """What became of each row, by its name, and the checked day of each table."""

    lines: Mapping[str, Line]
    rows: Mapping[str, Mapping[str, Any]]
    reasons: Mapping[str, tuple[str, ...]]
    days: list[SilverDay]


@pytest.fixture(scope="module")
def outcome(stack: Stack, spark: SparkSession) -> Outcome:
    source, lake = ShopSource(stack, NAME), Lakehouse(stack)
    source.create()
    try:
        fill(source, lived_until=datetime(2026, 11, 30, 23, 59, 59, 999999))
        assert land(source, DAY - timedelta(days=1)) == {}
        happens(source, AT, *updates())
        landed = landings(source, DAY)[DAY]
        assert {landing.problem for landing in landed.values()} == {""}
        names = {table_of(contract).rules.table for contract in GOOD}
        manifests = {t: landing.manifest for t, landing in landed.items() if t.rules.table in names}
        with environment(source):
            return _made(source, lake, spark, manifests)
    finally:
        source.drop()


def _made(
    source: ShopSource, lake: Lakehouse, spark: SparkSession, manifests: Mapping[SilverTable, Manifest | None]
) -> Outcome:
    """Make silver of the day, and read what became of it."""
    for table in manifests:
        create(spark, table)
    wanted = {table: {DAY: manifest} for table, manifest in manifests.items() if manifest}
    results = make_silver(spark, wanted, lake.pipeline.limits)
    assert [result.problems for result in results.values()] == [{}] * len(GOOD)
    lines: dict[str, Line] = {}
    for contract in GOOD:
        names = [name for name, hostile in ROWS.items() if hostile.contract is contract]
        of_table = source.lines(table_of(contract).rules.table, DAY)
        lines |= zip(names, sorted(of_table, key=lambda line: str(line["_pos"])), strict=True)
    name_of = {line["_pos"]: name for name, line in lines.items()}
    rows = [row for table in manifests for row in lake.silver(table.contract).filter(ON_DAY).to_dicts()]
    refused = lake.silver(Quarantine).filter(ON_DAY, pl.col("domain") == NAME).to_dicts()
    reader = SilverReader(lake.pipeline, NAME, [DAY])
    return Outcome(
        lines,
        {name_of[row["_pos"]]: row for row in rows},
        {name_of[json.loads(row["record"])["_pos"]]: tuple(row["reasons"]) for row in refused},
        [SilverDay.read(reader, bronze, DAY) for bronze in TableOfDatabase.each([*manifests]).values()],
    )


def test_bronze_has_the_rows_as_postgres_writes_them(outcome: Outcome) -> None:
    landed = {
        name: {column: text for column, text in line.items() if not column.startswith("_")}
        for name, line in outcome.lines.items()
    }
    assert landed == {name: own_texts(hostile) for name, hostile in ROWS.items()}
    unchanged = {name: line["_unchanged"] for name, line in outcome.lines.items() if "_unchanged" in line}
    assert unchanged == {"12 kB unchanged": "name,city"}


def test_every_bad_row_is_in_quarantine_for_its_exact_reasons(outcome: Outcome) -> None:
    assert outcome.reasons == {name: hostile.reasons for name, hostile in ROWS.items() if hostile.reasons}


def test_every_good_row_is_in_silver_with_its_exact_values(outcome: Outcome) -> None:
    good = {name: hostile for name, hostile in ROWS.items() if not hostile.reasons}
    assert outcome.rows.keys() == good.keys()
    for name, hostile in good.items():
        expected = VALUES[hostile.contract] | hostile.values
        assert {column: outcome.rows[name][column] for column in expected} == expected, name


def test_the_counts_add_up_and_so_does_the_money(outcome: Outcome) -> None:
    for day in outcome.days:
        assert silver_verdicts.row_ledger(day).passed
        assert silver_verdicts.reconciliation(day).passed
    ledgers = {day.table.rules.table: day.ledger or {} for day in outcome.days}
    for contract in GOOD:
        reasons = [hostile.reasons for hostile in ROWS.values() if hostile.contract is contract]
        ledger = ledgers[table_of(contract).rules.table]
        counts = [ledger[f"{part}_rows"] for part in ("bronze", "silver", "quarantined", "duplicate")]
        bad = sum(map(bool, reasons))
        assert counts == [len(reasons), len(reasons) - bad, bad, 0]
