"""Silver that has a row or a cent less than a window of the source counted fails the day's reconciliation."""

from datetime import date
from decimal import Decimal

import pytest
from pyspark.sql import SparkSession

from shopflow_assets.sources.database.landed.landed_day import MANIFEST, landings
from spark_jobs.manifest import Claim, day_prefix
from tests.spark.shop.runs.small_domain import Runs

DAY = date(2026, 1, 1)
RECONCILIATION = "silver/shop_runs/orders: reconciliation: the source counts "


@pytest.fixture(scope="module")
def windows(runs: Runs) -> Runs:
    """The day is carried by watermark, and its checks pass."""
    runs.source.mode = "watermark"
    assert runs.run(DAY) == ""
    return runs


def _claim(runs: Runs, claim: Claim) -> Claim:
    """Let the source have counted something else of the orders; returns what it has counted."""
    [landed] = runs.source.days()
    changed = landed.model_copy(update={"claims": {**landed.claims, "orders": claim}})
    key = day_prefix(landings(runs.source.name), DAY) + MANIFEST
    runs.source.s3.put_object(Bucket="datalake", Key=key, Body=changed.to_bytes())
    return landed.claims["orders"]


@pytest.mark.parametrize(
    ("claim", "says"),
    [
        (Claim(rows=3, amount=Decimal("32.31")), "3 rows of the day, 2 of them are accounted for"),
        (Claim(rows=2, amount=Decimal("32.32")), "32.32 as amount of the day, 32.31 is accounted for"),
    ],
    ids=["row", "cent"],
)
def test_the_source_that_counted_more_fails_the_day(windows: Runs, claim: Claim, says: str) -> None:
    counted = _claim(windows, claim)
    assert counted == Claim(rows=2, amount=Decimal("32.31"))
    try:
        assert RECONCILIATION + says in windows.run(DAY, "checks_alone")
    finally:
        _claim(windows, counted)
    assert windows.run(DAY) == ""


@pytest.mark.parametrize(
    ("defect", "says"),
    [
        ("delete from {} where order_id = 2", "2 rows of the day, 1 of them are accounted for"),
        (
            "update {} set amount = amount - 0.01 where order_id = 2",
            "32.31 as amount of the day, 32.30 is accounted for",
        ),
    ],
    ids=["row", "cent"],
)
def test_silver_that_lost_something_fails_the_day(
    windows: Runs, spark: SparkSession, defect: str, says: str
) -> None:
    orders = windows.table("orders").in_sql
    version = windows.versions()["orders"]
    spark.sql(defect.format(orders)).collect()
    try:
        assert RECONCILIATION + says in windows.run(DAY, "checks_alone")
    finally:
        spark.sql(f"restore table {orders} to version as of {version}").collect()
    assert windows.run(DAY) == ""
