"""A late or small day gets a warning, and is not held back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.harness.automation import run_assets
from tests.platform.deliveries.carrier import BRONZE, Calendar, Carrier, as_csv, parcels

HOURS = (1, 2, 1, 2, 30)
RECORDS = (100, 110, 100, 90, 20)


@pytest.fixture(scope="module")
def mondays(carrier: Carrier, calendar: Calendar) -> Iterator[list[date]]:
    """Five Mondays of a real feed, of which the last is small and late. They do not come to gold."""
    days = calendar.take(4 * 7 + 1)[::7]
    for day, records, hours in zip(days, RECORDS, HOURS, strict=True):
        # `parcels` adds three older parcels.
        carrier.deliver(day, "parcels.csv", as_csv(parcels(day, posted=records - 3)))
        after = datetime.combine(day + timedelta(days=1), time(), UTC) + timedelta(hours=hours)
        assert carrier.feed.land(day, after)
    yield days
    for day in days:
        carrier.forget(day)


def test_a_late_and_small_day_warns_and_blocks_nothing(carrier: Carrier, mondays: list[date]) -> None:
    *_, usual, bad = mondays
    report = run_assets(carrier.stack, usual, bad, checks=[(BRONZE, "freshness"), (BRONZE, "volume")])
    assert report.status == "SUCCESS"
    assert {(c.check, c.passed) for c in report.checks.values() if c.day == f"{usual}"} == {
        ("freshness", True), ("volume", True)
    }  # fmt: skip
    said = {c.check: c.why for c in report.warnings if c.day == f"{bad}"}
    assert said.keys() == {"freshness", "volume"}
    assert "landed 30.0 hours after the end of the day (UTC), the limit is 6" in said["freshness"]
    assert "20 records, the same weekdays before had about 100" in said["volume"]
