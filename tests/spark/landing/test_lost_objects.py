"""An object that bronze has lost is named, and put back when the inbox still has its file."""

from datetime import date

import pytest

from shopflow_assets.sources.files.landing import Feed
from spark_jobs.manifest import LandedFile
from tests.harness.lakehouse import Lakehouse
from tests.spark.landing.deliveries import LATER, land


@pytest.fixture
def lost(lakehouse: Lakehouse, feed: Feed, day: date) -> LandedFile:
    """A landed file whose object is gone."""
    manifest = land(feed, day)
    file = manifest.files[0]
    lakehouse.s3.delete_object(Bucket="datalake", Key=manifest.prefix + file.name)
    return file


def test_a_lost_object_is_put_back_from_the_inbox(
    lakehouse: Lakehouse, feed: Feed, day: date, lost: LandedFile
) -> None:
    before = feed.bronze.manifest(day)
    assert feed.has_news(day)
    landing = feed.land(day, LATER)
    assert landing
    assert (landing.manifest, landing.missing) == (before, ())
    key = f"{landing.manifest.prefix}{lost.name}"
    body = lakehouse.s3.get_object(Bucket="datalake", Key=key)["Body"].read().decode()
    assert body == lakehouse.delivered(day, "orders.csv")
    assert not feed.has_news(day)


def test_a_lost_object_whose_file_is_gone_too_is_named_with_what_to_do(
    lakehouse: Lakehouse, feed: Feed, day: date, lost: LandedFile
) -> None:
    lakehouse.s3.delete_object(Bucket="inbox", Key=f"ecommerce/{day}/orders.csv")
    assert feed.has_news(day)
    landing = feed.land(day, LATER)
    assert landing
    assert landing.missing == (lost,)
    advice = feed.bronze.how_to_mend(landing.manifest, lost)
    assert advice.startswith(f"s3://datalake/{landing.manifest.prefix}{lost.name} is gone")
    assert f"put the same file back as s3://inbox/ecommerce/{day}/orders.csv and run the day again" in advice
    assert f"`shopflow withdraw {day} s3://inbox/ecommerce/{day}/orders.csv`" in advice


def test_another_version_of_the_file_takes_the_place_of_the_lost_one(
    lakehouse: Lakehouse, feed: Feed, day: date, lost: LandedFile
) -> None:
    lakehouse.deliver(day, "orders.csv", lakehouse.delivered(day, "orders.csv") + "\n")
    landing = feed.land(day, LATER)
    assert landing
    assert landing.missing == ()
    assert lost not in landing.manifest.files
