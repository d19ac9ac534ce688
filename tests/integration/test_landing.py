"""Bronze is what arrived: nothing is changed or lost, and the manifest alone says what is there."""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from shop_simulator.marketplace import simulate
from shopflow_assets.bronze.landing import Feed
from spark_jobs.contracts.ecommerce import OrderLines
from spark_jobs.manifest import Manifest
from tests.integration.lakehouse import Lakehouse
from tests.integration.stack import Stack

FIRST = datetime(2026, 3, 2, 6, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 6, tzinfo=UTC)
# Days that no other test uses.
DAYS = iter(date(2026, 3, n) for n in range(1, 31))


@pytest.fixture(scope="module")
def lakehouse(stack: Stack) -> Lakehouse:
    return Lakehouse(stack)


@pytest.fixture(scope="module")
def feed(lakehouse: Lakehouse) -> Feed:
    return lakehouse.feed


@pytest.fixture
def day(lakehouse: Lakehouse, tmp_path: Path) -> date:
    """A day with an export in the inbox."""
    day = next(DAYS)
    simulate(
        day,
        day,
        orders_per_day=20,
        seed=7,
        put=lambda key, body: lakehouse.s3.put_object(Bucket="inbox", Key=key, Body=body),
        truth_dir=tmp_path,
    )
    return day


def _land(feed: Feed, day: date, at: datetime = FIRST) -> Manifest:
    landing = feed.land(day, at)
    assert landing
    return landing.manifest


def _refused(feed: Feed, day: date, at: datetime = LATER) -> list[str]:
    """Names of the files in the inbox that are refused."""
    landing = feed.land(day, at)
    assert landing
    return [file.source.rsplit("/", 1)[-1] for file in landing.refused]


def _names(manifest: Manifest) -> dict[str, str]:
    return {file.source.rsplit("/", 1)[-1]: file.name for file in manifest.files}


def test_bytes_are_stored_as_received_under_the_name_of_their_content(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    manifest = _land(feed, day)
    for file in manifest.files:
        body = lakehouse.s3.get_object(Bucket="datalake", Key=manifest.prefix + file.name)["Body"].read()
        assert hashlib.sha256(body).hexdigest() == file.sha256
        assert file.sha256[:12] in file.name
        assert body.decode() == lakehouse.delivered(day, file.source.rsplit("/", 1)[-1])


def test_landing_the_same_bytes_again_changes_nothing(lakehouse: Lakehouse, feed: Feed, day: date) -> None:
    first = _land(feed, day)
    before = set(lakehouse.keys("datalake", first.prefix))
    assert _land(feed, day, LATER).to_bytes() == first.to_bytes()
    assert set(lakehouse.keys("datalake", first.prefix)) == before


def test_a_file_delivered_again_replaces_the_older_one_whose_bytes_stay(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    first = _land(feed, day)
    text = lakehouse.delivered(day, "orders.jsonl")
    lakehouse.deliver(day, "orders.jsonl", text + "\n" + text.splitlines()[0])
    second = _land(feed, day, LATER)
    assert _names(second)["orders.csv"] == _names(first)["orders.csv"]
    assert _names(second)["orders.jsonl"] != _names(first)["orders.jsonl"]
    assert second.records == first.records + 1
    assert first.prefix + _names(first)["orders.jsonl"] in set(lakehouse.keys("datalake", first.prefix))


def test_a_file_that_is_gone_from_the_inbox_stays_landed(lakehouse: Lakehouse, feed: Feed, day: date) -> None:
    first = _land(feed, day)
    lakehouse.s3.delete_object(Bucket="inbox", Key=f"ecommerce/{day}/orders.csv")
    assert _land(feed, day, LATER) == first


def test_a_refused_file_is_kept_and_leaves_the_older_one_in_force(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    first = _land(feed, day)
    broken = lakehouse.delivered(day, "orders.csv") + '"never closed'
    lakehouse.deliver(day, "orders.csv", broken)
    second = _land(feed, day, LATER)
    assert second.files == first.files
    [refused] = second.refused
    assert "expected CSV" in refused.reason
    kept = lakehouse.s3.get_object(Bucket="datalake", Key=f"{second.prefix}_refused/{refused.name}")
    assert kept["Body"].read().decode() == broken


def test_a_refused_file_fails_its_day_until_a_readable_one_of_its_name_arrives(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    good = lakehouse.delivered(day, "orders.csv")
    lakehouse.deliver(day, "orders.csv", good + '"never closed')
    assert _refused(feed, day) == _refused(feed, day) == ["orders.csv"]
    before = _land(feed, day)
    lakehouse.deliver(day, "orders.csv", good)
    assert _refused(feed, day) == []
    after = _land(feed, day)
    assert set(_names(after)) == {"orders.csv", "orders.jsonl"}
    assert after.refused == before.refused


def test_a_refused_file_that_is_taken_away_fails_its_day_no_more_and_stays_listed(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    lakehouse.deliver(day, "more.csv", "who,knows\n")
    lakehouse.deliver(day, "other.csv", "who,knows\n")
    assert _refused(feed, day) == ["more.csv", "other.csv"]
    lakehouse.s3.delete_object(Bucket="inbox", Key=f"ecommerce/{day}/more.csv")
    assert _refused(feed, day) == ["other.csv"]
    lakehouse.s3.delete_object(Bucket="inbox", Key=f"ecommerce/{day}/other.csv")
    assert _refused(feed, day) == []
    manifest = _land(feed, day)
    assert [file.source.rsplit("/", 1)[-1] for file in manifest.refused] == ["more.csv", "other.csv"]
    for file in manifest.refused:
        assert "expected a header" in file.reason
        assert f"{manifest.prefix}_refused/{file.name}" in set(lakehouse.keys("datalake", manifest.prefix))


def test_every_refused_version_of_a_file_stays_listed_once(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    for text in ("who,knows\n", "who,cares\n", "who,knows\n"):
        lakehouse.deliver(day, "orders.csv", text)
        assert _refused(feed, day) == ["orders.csv"]
    assert len(_land(feed, day).refused) == 2


def test_a_day_whose_only_file_was_refused_and_taken_away_has_nothing_to_read(
    lakehouse: Lakehouse, feed: Feed
) -> None:
    day = next(DAYS)
    lakehouse.deliver(day, "orders.csv", "who,knows\n")
    assert _refused(feed, day) == ["orders.csv"]
    lakehouse.s3.delete_object(Bucket="inbox", Key=f"ecommerce/{day}/orders.csv")
    assert feed.land(day, LATER) is None
    manifest = feed.manifest(day)
    assert manifest
    assert len(manifest.refused) == 1


def test_equal_files_in_two_folders_are_two_deliveries_of_one_set_of_lines(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    lakehouse.make_silver(_land(feed, day))
    before = _silver(lakehouse, day).drop("source_file", "ingested_at")
    lakehouse.deliver(day, "north/orders.csv", lakehouse.delivered(day, "orders.csv"))
    manifest = _land(feed, day)
    assert len({file.name for file in manifest.files}) == 3
    assert lakehouse.make_silver(manifest).problems == {}
    assert _silver(lakehouse, day).drop("source_file", "ingested_at").equals(before)


def test_signals_between_programs_are_no_data(lakehouse: Lakehouse, feed: Feed, day: date) -> None:
    lakehouse.deliver(day, "_SUCCESS", b"")
    assert set(_names(_land(feed, day))) == {"orders.csv", "orders.jsonl"}


def test_a_day_without_a_delivery_has_no_manifest(feed: Feed) -> None:
    day = next(DAYS)
    assert feed.land(day, FIRST) is None
    assert feed.manifest(day) is None


def test_an_object_that_no_manifest_lists_is_not_read(lakehouse: Lakehouse, feed: Feed, day: date) -> None:
    manifest = _land(feed, day)
    stray = lakehouse.delivered(day, "orders.csv").encode()
    lakehouse.s3.put_object(Bucket="datalake", Key=f"{manifest.prefix}orders-0123456789ab.csv", Body=stray)
    result = lakehouse.make_silver(manifest)
    assert result.ledger[day]["bronze_rows"] == manifest.records
    assert "orders-0123456789ab.csv" not in set(_silver(lakehouse, day)["source_file"])


@pytest.mark.parametrize("counted", [{"records": 1}, {"characters": {"price": 1}}], ids=str)
def test_a_day_that_spark_reads_otherwise_than_counted_is_left_as_it_was(
    lakehouse: Lakehouse, feed: Feed, day: date, counted: dict[str, Any]
) -> None:
    manifest = _land(feed, day)
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
    manifest = _land(feed, day)
    lakehouse.make_silver(manifest)
    first = _silver(lakehouse, day)
    other = next(DAYS)
    lakehouse.deliver(other, "orders.csv", lakehouse.delivered(day, "orders.csv"))
    lakehouse.make_silver(_land(feed, other, LATER))
    lakehouse.make_silver(manifest)
    assert _silver(lakehouse, day).equals(first)


def _silver(lakehouse: Lakehouse, day: date) -> pl.DataFrame:
    rows = lakehouse.silver(OrderLines).filter(pl.col("partition_date") == day)
    return rows.sort("order_id", "product_id", "source_file")
