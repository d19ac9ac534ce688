"""A file that cannot be read correctly is kept and listed, and fails its day while it is in the inbox."""

from datetime import date

from shopflow_assets.sources.files.landing import Feed
from tests.harness.lakehouse import Lakehouse
from tests.spark.landing.deliveries import LATER, fresh_day, land, names, refused


def test_a_refused_file_is_kept_and_leaves_the_older_one_in_force(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    first = land(feed, day)
    broken = lakehouse.delivered(day, "orders.csv") + '"never closed'
    lakehouse.deliver(day, "orders.csv", broken)
    second = land(feed, day, LATER)
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
    assert refused(feed, day) == refused(feed, day) == ["orders.csv"]
    before = land(feed, day)
    lakehouse.deliver(day, "orders.csv", good)
    assert refused(feed, day) == []
    after = land(feed, day)
    assert set(names(after)) == {"orders.csv", "orders.jsonl"}
    assert after.refused == before.refused


def test_a_refused_file_that_is_taken_away_fails_its_day_no_more_and_stays_listed(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    lakehouse.deliver(day, "more.csv", "who,knows\n")
    lakehouse.deliver(day, "other.csv", "who,knows\n")
    assert refused(feed, day) == ["more.csv", "other.csv"]
    lakehouse.s3.delete_object(Bucket="inbox", Key=f"ecommerce/{day}/more.csv")
    assert refused(feed, day) == ["other.csv"]
    lakehouse.s3.delete_object(Bucket="inbox", Key=f"ecommerce/{day}/other.csv")
    assert refused(feed, day) == []
    manifest = land(feed, day)
    assert [file.source.rsplit("/", 1)[-1] for file in manifest.refused] == ["more.csv", "other.csv"]
    for file in manifest.refused:
        assert "expected a header" in file.reason
        assert f"{manifest.prefix}_refused/{file.name}" in set(lakehouse.keys("datalake", manifest.prefix))


def test_every_refused_version_of_a_file_stays_listed_once(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    for text in ("who,knows\n", "who,cares\n", "who,knows\n"):
        lakehouse.deliver(day, "orders.csv", text)
        assert refused(feed, day) == ["orders.csv"]
    assert len(land(feed, day).refused) == 2


def test_a_day_whose_only_file_was_refused_and_taken_away_has_nothing_to_read(
    lakehouse: Lakehouse, feed: Feed
) -> None:
    day = fresh_day(lakehouse)
    lakehouse.deliver(day, "orders.csv", "who,knows\n")
    assert refused(feed, day) == ["orders.csv"]
    lakehouse.s3.delete_object(Bucket="inbox", Key=f"ecommerce/{day}/orders.csv")
    assert feed.land(day, LATER) is None
    manifest = feed.bronze.manifest(day)
    assert manifest
    assert len(manifest.refused) == 1
