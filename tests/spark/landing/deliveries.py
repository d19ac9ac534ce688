"""Deliveries of a day, landed: what the tests of landing do and ask all the time."""

from datetime import UTC, date, datetime

from shopflow_assets.bronze.landing import Feed
from spark_jobs.manifest import Manifest

FIRST = datetime(2026, 3, 2, 6, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 6, tzinfo=UTC)
# Days that no other test uses.
DAYS = iter(date(2026, 3, n) for n in range(1, 31))


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
