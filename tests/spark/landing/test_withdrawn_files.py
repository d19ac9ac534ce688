"""A landed file that a person takes back: the manifest lists it no longer, and its bytes stay."""

from datetime import date

import pytest

from shopflow_assets.errors import StoreError, WithdrawalError
from shopflow_assets.sources.files.landing import Feed
from shopflow_assets.sources.files.withdrawal import LandedSource, find, withdraw
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from tests.harness.lakehouse import Lakehouse
from tests.spark.landing.deliveries import LATER, land, names


def landed(feed: Feed, day: date, *in_inbox: str) -> list[LandedSource]:
    """The landed files of the day, of which some are in the inbox."""
    manifest = feed.bronze.manifest(day)
    assert manifest
    return [LandedSource(feed, f, f.source.rsplit("/", 1)[-1] in in_inbox) for f in manifest.files]


def test_a_withdrawn_file_is_listed_as_such_and_keeps_its_bytes(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    before = land(feed, day)
    export = lakehouse.delivered(day, "orders.csv")
    lakehouse.s3.delete_object(Bucket="inbox", Key=f"ecommerce/{day}/orders.csv")
    withdraw(find("orders.csv", day, landed(feed, day)), day, LATER)
    after = land(feed, day)
    assert set(names(after)) == {"orders.jsonl"}
    [taken] = after.withdrawn
    assert (taken.name, taken.withdrawn_at) == (names(before)["orders.csv"], LATER)
    kept = lakehouse.s3.get_object(Bucket="datalake", Key=after.prefix + taken.name)["Body"].read()
    assert kept.decode() == export
    assert not feed.has_news(day)


def test_a_withdrawn_file_that_is_delivered_again_is_landed_again(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    before = land(feed, day)
    withdraw(find("orders.csv", day, landed(feed, day)), day, LATER)
    assert feed.has_news(day)
    assert names(land(feed, day, LATER)) == names(before)


def test_a_file_that_is_in_the_inbox_is_not_withdrawn(feed: Feed, day: date) -> None:
    before = land(feed, day)
    with pytest.raises(WithdrawalError, match=r"orders\.csv is still in the inbox.* Delete it there first"):
        withdraw(find("orders.csv", day, landed(feed, day, "orders.csv")), day, LATER)
    assert feed.bronze.manifest(day) == before


def test_an_unknown_or_doubtful_name_is_answered_with_what_is_landed(feed: Feed, day: date) -> None:
    land(feed, day)
    sources = rf"s3://inbox/ecommerce/{day}/orders\.csv\ns3://inbox/ecommerce/{day}/orders\.jsonl$"
    with pytest.raises(WithdrawalError, match=rf"No file more\.csv is landed on {day}.*\n{sources}"):
        find("more.csv", day, landed(feed, day))
    with pytest.raises(WithdrawalError, match=r"More than one file orders\.csv"):
        find("orders.csv", day, landed(feed, day) * 2)
    source = f"s3://inbox/ecommerce/{day}/orders.csv"
    assert find(source, day, landed(feed, day)).file.source == source


def test_a_withdrawal_that_a_landing_overtook_changes_nothing(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    land(feed, day)
    chosen = find("orders.csv", day, landed(feed, day))
    lakehouse.deliver(day, "orders.csv", lakehouse.delivered(day, "orders.csv") + "\n")
    newer = land(feed, day, LATER)
    with pytest.raises((WithdrawalError, StoreError)):
        withdraw(chosen, day, LATER)
    assert feed.bronze.manifest(day) == newer


def test_a_day_whose_last_file_is_withdrawn_has_no_rows_in_silver(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    made = lakehouse.make_silver(land(feed, day)).ledger[day]
    assert made["silver_rows"] > 0
    for name in ("orders.csv", "orders.jsonl"):
        lakehouse.s3.delete_object(Bucket="inbox", Key=f"ecommerce/{day}/{name}")
        withdraw(find(name, day, landed(feed, day)), day, LATER)
    empty = land(feed, day)
    assert (empty.files, empty.is_landed) == ((), True)
    result = lakehouse.make_silver(empty)
    assert result.problems == {}
    row = result.ledger[day]
    assert (row["bronze_rows"], row["silver_rows"], row["quarantined_rows"], row["bronze_amount"]) == (0,) * 4
    rows = lakehouse.silver(OrderLines)
    assert rows.filter(rows["partition_date"] == day).is_empty()
