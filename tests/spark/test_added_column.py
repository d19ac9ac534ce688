"""A contract gains a column: earlier days stay readable, and later days must have the column."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from secrets import token_hex
from typing import Any

import polars as pl
import pytest
from pyspark.sql import SparkSession

from shopflow_assets.silver.reader import SilverReader
from shopflow_assets.sources.files.landing import LandedFolder
from spark_jobs.contracts.contract import SilverContract, column, columns, names
from spark_jobs.contracts.judge import judge
from spark_jobs.contracts.rules import TableRules
from spark_jobs.contracts.table import table_of
from spark_jobs.delta_tables import create
from spark_jobs.manifest import Manifest
from spark_jobs.silver_job import make_silver
from spark_jobs.silver_table import SilverTable
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack

BEFORE, SINCE, AFTER = date(2026, 2, 1), date(2026, 2, 2), date(2026, 2, 3)
# A stack that is kept from one test run to the next already has the table with the added columns.
RULES = TableRules(domain="mail", table=f"parcels_{token_hex(4)}", key=("parcel_id",))


class Parcels(SilverContract):
    """A parcel of a day."""

    parcel_id: pl.String = column("The parcel", required=True)

    class Config(SilverContract.Config):
        """Only a key."""

        metadata = {"rules": RULES}  # noqa: RUF012


class WeighedParcels(SilverContract):
    """The same table, since parcels are weighed."""

    parcel_id: pl.String = column("The parcel", required=True)
    grams: pl.Int32 = column("What it weighs", required=True, since=SINCE)
    carrier: pl.String = column("Who takes it", since=SINCE, isin=["bike", "van"])

    class Config(SilverContract.Config):
        """The same."""

        metadata = {"rules": RULES}  # noqa: RUF012


@pytest.fixture(scope="module")
def lakehouse(stack: Stack) -> Lakehouse:
    return Lakehouse(stack, WeighedParcels)


def _landing(lakehouse: Lakehouse, contract: type[SilverContract], day: date, hour: int = 6) -> LandedFolder:
    feed = Lakehouse(lakehouse.stack, contract).feed
    landing = feed.land(day, datetime(2026, 3, 1, hour, tzinfo=UTC))
    assert landing
    return landing


def _land(lakehouse: Lakehouse, contract: type[SilverContract], day: date, hour: int = 6) -> Manifest:
    landing = _landing(lakehouse, contract, day, hour)
    assert landing.refused == ()
    return landing.manifest


def _make(
    lakehouse: Lakehouse, spark: SparkSession, contract: type[SilverContract], days: Sequence[date]
) -> None:
    kept = names(columns(contract))
    manifests = {day: _land(lakehouse, contract, day) for day in days}
    table = SilverTable(contract, lambda values: values.select(*kept))
    result = make_silver(spark, {table: manifests}, lakehouse.pipeline.limits)[table]
    assert result.problems == {}


def _rows(lakehouse: Lakehouse, day: date) -> list[tuple[Any, ...]]:
    rows = SilverReader(lakehouse.pipeline, RULES.domain, [day]).rows(table_of(WeighedParcels), day)
    assert judge(rows, WeighedParcels, lakehouse.pipeline.limits).passed
    return sorted(rows.select("parcel_id", "grams", "carrier").rows())


def _refused(lakehouse: Lakehouse, day: date) -> list[list[str]]:
    reader = SilverReader(lakehouse.pipeline, RULES.domain, [day])
    return reader.quarantine(table_of(WeighedParcels), day)["reasons"].to_list()


def test_a_contract_gains_columns(lakehouse: Lakehouse, spark: SparkSession) -> None:
    early = json.dumps({"parcel_id": "P-2"}) + "\n" + json.dumps({"parcel_id": "P-3", "grams": 7}) + "\n"
    lakehouse.deliver(BEFORE, "a.csv", "parcel_id\nP-1\n")
    # The source sends the new column before the contract knows it.
    lakehouse.deliver(BEFORE, "b.jsonl", early)
    create(spark, table_of(Parcels))
    _make(lakehouse, spark, Parcels, [BEFORE])
    first = _land(lakehouse, Parcels, BEFORE)
    assert _refused(lakehouse, BEFORE) == [["malformed record: unknown key grams"]]

    create(spark, table_of(WeighedParcels))
    assert _rows(lakehouse, BEFORE) == [("P-1", None, None), ("P-2", None, None)]
    # The copy in the lake is counted again, so the file in the inbox is not needed.
    lakehouse.s3.delete_object(Bucket="inbox", Key=f"{RULES.feed_folder}/{BEFORE}/b.jsonl")
    lakehouse.deliver(SINCE, "a.csv", "parcel_id,grams,carrier\nP-4,100,van\nP-5,,bike\n")
    lakehouse.deliver(BEFORE, "c.csv", "grams,parcel_id\n8,P-6\nx,P-7\n")
    _make(lakehouse, spark, WeighedParcels, [BEFORE, SINCE])
    assert _rows(lakehouse, BEFORE) == [
        ("P-1", None, None),
        ("P-2", None, None),
        ("P-3", 7, None),
        ("P-6", 8, None),
    ]
    assert _rows(lakehouse, SINCE) == [("P-4", 100, "van")]
    assert _refused(lakehouse, BEFORE) == [["grams: not an integer: 'x'"]]
    assert _refused(lakehouse, SINCE) == [["grams: required"]]
    again = _land(lakehouse, WeighedParcels, BEFORE, hour=9)
    assert [(f.name, f.landed_at) for f in again.files[:2]] == [(f.name, f.landed_at) for f in first.files]


def test_a_later_day_must_have_the_columns(lakehouse: Lakehouse) -> None:
    lakehouse.deliver(AFTER, "a.csv", "parcel_id,carrier\nP-1,van\n")
    refused = _landing(lakehouse, WeighedParcels, AFTER).refused
    assert [f.reason for f in refused] == ["expected a header with 3 columns, found: missing grams"]


def test_a_file_that_was_landed_before_its_column_was_due_is_judged_anew(lakehouse: Lakehouse) -> None:
    day = AFTER + timedelta(days=1)
    lakehouse.deliver(day, "a.csv", "parcel_id\nP-1\n")
    _land(lakehouse, Parcels, day)
    refused = _landing(lakehouse, WeighedParcels, day).refused
    assert [f.reason for f in refused] == ["expected a header with 3 columns, found: missing carrier, grams"]


def test_a_transform_that_forgets_a_column_is_refused(lakehouse: Lakehouse, spark: SparkSession) -> None:
    day = AFTER + timedelta(days=2)
    lakehouse.deliver(day, "a.csv", "parcel_id,grams,carrier\nP-1,1,van\n")
    manifest = _land(lakehouse, WeighedParcels, day)
    create(spark, table_of(WeighedParcels))
    kept = [name for name in names(columns(WeighedParcels)) if name != "carrier"]
    table = SilverTable(WeighedParcels, lambda values: values.select(*kept))
    with pytest.raises(ValueError, match="rows and contract differ in carrier"):
        make_silver(spark, {table: {day: manifest}}, lakehouse.pipeline.limits)


def test_pandera_misses_a_required_value_from_the_columns_first_day_on(lakehouse: Lakehouse) -> None:
    def row(day: date) -> dict[str, Any]:
        landed = {"partition_date": day, "source_file": "a.csv", "ingested_at": datetime(2026, 3, 1)}
        return {"parcel_id": "P-1", "grams": None, "carrier": None} | landed

    schema = {c.name: c.dtype for c in columns(WeighedParcels)}
    limits = lakehouse.pipeline.limits
    assert judge(pl.DataFrame([row(BEFORE)], schema=schema), WeighedParcels, limits).passed
    assert not judge(pl.DataFrame([row(SINCE)], schema=schema), WeighedParcels, limits).passed
