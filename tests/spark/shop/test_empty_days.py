"""A day on which the database did not change is landed: its silver is empty, and so is its ledger row."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from pyspark.sql import SparkSession

from shopflow_assets.silver.reader import SilverReader
from shopflow_assets.sources.bronze import BronzeTable
from spark_jobs.contracts.contract import SilverContract
from spark_jobs.contracts.shop.customers import Customers
from spark_jobs.contracts.shop.orders import Orders
from spark_jobs.delta_tables import create
from spark_jobs.manifest import Manifest, Window
from spark_jobs.silver_job import make_silver
from tests.harness.domains import silver_table
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack
from tests.spark.fresh_days import forget
from tests.spark.shop.hostile import HOSTILE

# Days that no other test uses.
DAY, NEXT_DAY = date(2026, 12, 3), date(2026, 12, 4)
PARTS = ("bronze", "silver", "duplicate", "repeated", "superseded", "quarantined")


@pytest.fixture(params=[pytest.param(Orders, id="with money"), pytest.param(Customers, id="without money")])
def contract(request: pytest.FixtureRequest) -> type[SilverContract]:
    return request.param


@pytest.fixture
def lakehouse(stack: Stack, contract: type[SilverContract]) -> Iterator[Lakehouse]:
    lakehouse = Lakehouse(stack, contract)
    for day in (DAY, NEXT_DAY):
        forget(lakehouse, day)
    yield lakehouse
    for day in (DAY, NEXT_DAY):
        forget(lakehouse, day)


def _commit_empty(bronze: BronzeTable, day: date) -> Manifest:
    """What a watermark window without changes leaves in bronze, whatever was landed before."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    window = Window(start=start - timedelta(hours=2), end=start + timedelta(days=1))
    empty = bronze.empty_manifest(day).model_copy(update={"window": window})
    bronze.commit(empty, bronze.committed(day)[1])
    return empty


def test_a_day_without_changes_is_made_without_rows(lakehouse: Lakehouse, spark: SparkSession) -> None:
    table, bronze = silver_table(lakehouse.contract), lakehouse.feed.bronze
    create(spark, table)
    mine = (hostile for hostile in HOSTILE.values() if hostile.contract is table.contract)
    lines = [hostile.line(number) for number, hostile in enumerate(mine)]
    lakehouse.deliver(DAY, "a.jsonl", "\n".join(map(json.dumps, lines)))
    landed = lakehouse.feed.land(DAY, datetime(2026, 12, 5, tzinfo=UTC))
    assert landed
    limits = lakehouse.pipeline.limits
    first = make_silver(spark, {table: {DAY: landed.manifest}}, limits)[table].ledger[DAY]
    assert first["silver_rows"] * first["quarantined_rows"] > 0

    empty = {day: _commit_empty(bronze, day) for day in (DAY, NEXT_DAY)}
    assert all(manifest.is_landed for manifest in empty.values())
    result = make_silver(spark, {table: empty}, limits)[table]

    assert result.problems == {}
    nothing = Decimal(0) if table.rules.amount else None
    reader = SilverReader(lakehouse.pipeline, table.domain, [DAY, NEXT_DAY])
    for day, manifest in empty.items():
        row = reader.ledger(table, day)
        assert row
        assert row["manifest_sha256"] == manifest.sha256
        assert {row[f"{part}_rows"] for part in PARTS} == {0}
        assert {row[f"{part}_amount"] for part in PARTS} == {nothing}
        assert reader.rows(table, day).height == reader.quarantine(table, day).height == 0
