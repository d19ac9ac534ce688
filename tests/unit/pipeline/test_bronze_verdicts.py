"""The warnings about a landed day: each passes on a usual day and fails on what it is there for."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from spark_jobs.manifest import LandedFile, Manifest

DAY = date(2026, 6, 1)


@pytest.fixture
def verdicts(pipeline: Path):
    from shopflow_assets.bronze import bronze_verdicts

    return bronze_verdicts


def file(landed_at: datetime, **changes: Any) -> LandedFile:
    values: dict[str, Any] = {
        "name": "orders-abc.csv",
        "source": "s3://inbox/ecommerce/2026-06-01/orders.csv",
        "bytes": 1,
        "sha256": "abc",
        "columns": (),
        "records": 10,
        "malformed": 0,
        "characters": {},
        "amount": None,
        "landed_at": landed_at,
    }
    return LandedFile(**values | changes)


def landed(*files: LandedFile) -> Manifest:
    return Manifest(domain="ecommerce", table="order_lines", partition_date=DAY, prefix="", files=files)


IN_TIME = file(datetime(2026, 6, 2, 5, tzinfo=UTC))
LATE = file(datetime(2026, 6, 2, 7, tzinfo=UTC), name="late.csv")


def test_a_day_landed_within_the_limit_is_fresh(verdicts) -> None:
    assert verdicts.freshness(landed(IN_TIME), 6).passed


def test_the_last_file_decides_and_a_late_one_warns(verdicts) -> None:
    verdict = verdicts.freshness(landed(LATE, IN_TIME), 6)
    assert (verdict.passed, verdict.is_warning) == (False, True)
    assert "7.0 hours after the end of the day" in verdict.description


def test_a_simulated_day_is_not_judged(verdicts) -> None:
    late = file(datetime(2026, 11, 1, tzinfo=UTC), is_simulated=True)
    verdict = verdicts.freshness(landed(late), 6)
    assert verdict.passed
    assert "simulated" in verdict.description


def test_a_simulated_file_does_not_hide_that_a_real_one_is_late(verdicts) -> None:
    simulated = file(datetime(2026, 11, 1, tzinfo=UTC), is_simulated=True)
    verdict = verdicts.freshness(landed(simulated, LATE), 6)
    assert (verdict.passed, verdict.is_warning) == (False, True)
    assert "7.0 hours after the end of the day" in verdict.description


def test_a_day_without_landed_files_warns(verdicts) -> None:
    for manifest in (None, landed()):
        verdict = verdicts.freshness(manifest, 6)
        assert (verdict.passed, verdict.is_warning) == (False, True)


def test_only_a_simulated_file_changes_the_manifest_and_its_hash() -> None:
    assert b"is_simulated" not in landed(IN_TIME).to_bytes()
    assert landed(IN_TIME.model_copy(update={"is_simulated": True})).sha256 != landed(IN_TIME).sha256


def test_a_day_is_compared_with_the_four_same_weekdays_before_it(verdicts) -> None:
    days = verdicts.same_weekdays_before(DAY)
    assert [f"{day}" for day in days] == ["2026-05-25", "2026-05-18", "2026-05-11", "2026-05-04"]
    assert {day.weekday() for day in days} == {DAY.weekday()}


@pytest.mark.parametrize(
    ("records", "before", "passed"),
    [
        (50, [100, 100], True),
        (49, [100, 100], False),
        (211, [100, 90, 1000, 110], False),
        (200, [100, 90, 1000], True),
        (0, [100, 100], False),
        (50, [0, 0, 0], False),
        # Too few to judge: a day that had three records may well have seven.
        (49, [0, 0, 0], True),
        (7, [3, 3], True),
        (1, [10_000], True),
        (1, [], True),
    ],
)
def test_a_volume_far_from_the_median_warns(verdicts, records: int, before: list[int], passed: bool) -> None:
    verdict = verdicts.volume(records, before, 2)
    assert verdict.passed == passed
    assert verdict.is_warning == (not passed)


def test_too_little_history_passes_and_says_so(verdicts) -> None:
    assert "too little history: 1 of the 4" in verdicts.volume(1, [10_000], 2).description
