"""Silver of a day is made from what its manifest lists, read as it was counted, and from nothing else."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from shopflow_assets.bronze.landing import Feed
from spark_jobs.contracts.ecommerce import OrderLines
from tests.harness.lakehouse import Lakehouse
from tests.spark.landing.deliveries import DAYS, LATER, land


def test_equal_files_of_other_names_are_deliveries_of_one_set_of_lines(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    lakehouse.make_silver(land(feed, day))
    before = _silver(lakehouse, day).drop("source_file", "ingested_at")
    # Bronze keeps plain letters only, and not all of a long name.
    alike = (
        "north/orders.csv",
        "north_orders.csv",
        "north orders.csv",
        *("x" * n + ".csv" for n in (200, 240)),
    )
    for name in alike:
        lakehouse.deliver(day, name, lakehouse.delivered(day, "orders.csv"))
    manifest = land(feed, day)
    assert len({file.name for file in manifest.files}) == 2 + len(alike)
    assert lakehouse.make_silver(manifest).problems == {}
    assert _silver(lakehouse, day).drop("source_file", "ingested_at").equals(before)


def test_an_object_that_no_manifest_lists_is_not_read(lakehouse: Lakehouse, feed: Feed, day: date) -> None:
    manifest = land(feed, day)
    stray = lakehouse.delivered(day, "orders.csv").encode()
    lakehouse.s3.put_object(Bucket="datalake", Key=f"{manifest.prefix}orders-0123456789ab.csv", Body=stray)
    result = lakehouse.make_silver(manifest)
    assert result.ledger[day]["bronze_rows"] == manifest.records
    assert "orders-0123456789ab.csv" not in set(_silver(lakehouse, day)["source_file"])


@pytest.mark.parametrize("counted", [{"records": 1}, {"characters": {"price": 1}}], ids=str)
def test_a_day_that_spark_reads_otherwise_than_counted_is_left_as_it_was(
    lakehouse: Lakehouse, feed: Feed, day: date, counted: dict[str, Any]
) -> None:
    manifest = land(feed, day)
    assert lakehouse.make_silver(manifest).problems == {}
    before = _silver(lakehouse, day)
    file = manifest.files[0]
    wrong = (
        {"records": file.records + 1}
        if "records" in counted
        else {"characters": {**file.characters, "price": 1}}
    )
    tampered = manifest.model_copy(update={"files": (file.model_copy(update=wrong), *manifest.files[1:])})
    problems = lakehouse.make_silver(tampered).problems
    assert "the manifest counts" in problems[day]
    assert _silver(lakehouse, day).equals(before)


def test_silver_of_a_day_depends_on_nothing_but_its_bronze(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    manifest = land(feed, day)
    lakehouse.make_silver(manifest)
    first = _silver(lakehouse, day)
    other = next(DAYS)
    lakehouse.deliver(other, "orders.csv", lakehouse.delivered(day, "orders.csv"))
    lakehouse.make_silver(land(feed, other, LATER))
    lakehouse.make_silver(manifest)
    assert _silver(lakehouse, day).equals(first)


def _silver(lakehouse: Lakehouse, day: date) -> pl.DataFrame:
    rows = lakehouse.silver(OrderLines).filter(pl.col("partition_date") == day)
    return rows.sort("order_id", "product_id", "source_file")
