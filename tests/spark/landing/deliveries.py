"""Deliveries of a day, and how the landing tests land them and look at the result."""

from datetime import UTC, date, datetime
from pathlib import Path

from shop_simulator.marketplace.simulation import simulate
from shopflow_assets.sources.files.landing import Feed
from spark_jobs.manifest import Manifest
from tests.harness.lakehouse import Lakehouse
from tests.spark.fresh_days import forget

FIRST = datetime(2026, 3, 2, 6, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 6, tzinfo=UTC)
# Days that no other test uses.
_DAYS = iter(date(2026, month, n) for month in (3, 4) for n in range(1, 31))


def fresh_day(lakehouse: Lakehouse) -> date:
    """A day without a delivery."""
    day = next(_DAYS)
    forget(lakehouse, day)
    return day


def simulated_day(lakehouse: Lakehouse, truth: Path) -> date:
    """A day with an export in the inbox."""
    day = fresh_day(lakehouse)
    simulate(
        day,
        day,
        orders_per_day=20,
        seed=7,
        put=lambda key, body: lakehouse.s3.put_object(Bucket="inbox", Key=key, Body=body),
        truth_dir=truth,
    )
    return day


def land(feed: Feed, day: date, at: datetime = FIRST) -> Manifest:
    landing = feed.land(day, at)
    assert landing
    return landing.manifest


def refused(feed: Feed, day: date, at: datetime = LATER) -> list[str]:
    """Names of the files in the inbox that are refused."""
    landing = feed.land(day, at)
    assert landing
    return [file.source.rsplit("/", 1)[-1] for file in landing.refused]


def names(manifest: Manifest) -> dict[str, str]:
    return {file.source.rsplit("/", 1)[-1]: file.name for file in manifest.files}
