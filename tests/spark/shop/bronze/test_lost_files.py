"""Objects that a manifest lists and the bucket lacks are found, over many days with few requests."""

from collections.abc import Iterator
from datetime import date

import pytest

from shopflow_assets.sources.database.landed.landed_day import DatabaseDays
from shopflow_assets.sources.database.landed.landed_table import TableOfDatabase
from shopflow_assets.sources.database.landed.lost import lost_files
from shopflow_assets.sources.store import ObjectStore
from spark_jobs.manifest import day_prefix
from tests.spark.shop.bronze.landed_notes import NOTES, LandedNotes

DAYS = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1)]


@pytest.fixture
def landed(notes: LandedNotes) -> Iterator[LandedNotes]:
    """Days of two years, with a note each."""
    notes.clear()
    for day in DAYS:
        notes.land(day, ("1", "text", None))
    yield notes
    notes.clear()


def _lose(notes: LandedNotes, day: date) -> str:
    """Delete the object of a day; its name."""
    [key] = notes.lakehouse.keys("datalake", day_prefix("memos/notes", day))
    notes.lakehouse.s3.delete_object(Bucket="datalake", Key=key)
    return key.rpartition("/")[2]


def _lost(notes: LandedNotes, *days: date) -> dict[date, list[str]]:
    """The names of what is missing of some days."""
    bronze = TableOfDatabase.each([NOTES], DatabaseDays("memos", notes.lake))
    return {day: [f.name for f in files] for day, files in lost_files(bronze, days)[NOTES].items()}


@pytest.mark.parametrize("lost", DAYS, ids=str)
def test_the_object_that_is_gone_is_found_among_those_of_all_days(landed: LandedNotes, lost: date) -> None:
    assert _lost(landed, *DAYS) == {}
    name = _lose(landed, lost)
    assert _lost(landed, *DAYS) == _lost(landed, lost) == {lost: [name]}
    assert _lost(landed, *(day for day in DAYS if day != lost)) == {}


def test_some_days_are_one_listing(landed: LandedNotes, monkeypatch: pytest.MonkeyPatch) -> None:
    listings = []
    listed = ObjectStore._listed
    monkeypatch.setattr(
        ObjectStore, "_listed", lambda *args, **more: listings.append(args) or listed(*args, **more)
    )
    assert _lost(landed, *DAYS) == {}
    assert len(listings) == 1
