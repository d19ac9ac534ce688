"""The sensor carries days when they have arrived completely, and again when they are delivered again."""

from datetime import date

import pytest

from tests.harness.automation import runs_of, sensor, ticks
from tests.harness.stack import eventually
from tests.platform.deliveries.carrier import Calendar, Carrier, as_csv, parcels

SENSOR = "post_arrival"
# Before the first partition.
TOO_EARLY = date(2025, 12, 31)


@pytest.fixture(scope="module")
def days(calendar: Calendar) -> list[date]:
    return calendar.take(3)


def test_days_are_carried_to_gold_when_they_arrive_and_again_when_delivered_again(
    carrier: Carrier, days: list[date]
) -> None:
    first, bad, last = days
    stack = carrier.stack
    carrier.empty_inbox()
    carrier.deliver(TOO_EARLY, "parcels.csv", "too early")
    carrier.s3.put_object(Bucket="inbox", Key="post/parcels/latest/parcels.csv", Body=b"nowhere")
    carrier.deliver_days(first)
    with sensor(stack, SENSOR) as watched:

        def looked() -> None:
            reasons = [tick["skipReason"] for tick in ticks(stack, watched)[:1]]
            assert f"{first}/: still arriving" in str(reasons)

        eventually(looked, seconds=90)
        why = ticks(stack, watched)[0]["skipReason"]
        assert f"{TOO_EARLY}/: before the first partition 2026-01-01" in why
        assert "latest/: no folder of a day, expected YYYY-MM-DD/" in why
        assert f"{first}/: still arriving, waits for a _SUCCESS" in why

    # All three arrive before the sensor looks again. One is bad, and holds back no other.
    carrier.deliver_days(bad, last)
    carrier.deliver(bad, "parcels.csv", "who,knows\n1,2\n")
    carrier.mark(*days)
    with sensor(stack, SENSOR) as watched:
        failed = (f"{first}", f"{last}", "FAILURE")
        assert runs_of(stack, watched, 1) == [failed]
        carrier.deliver(bad, "parcels.csv", as_csv(parcels(bad)))
        carrier.mark(bad)
        mended = (f"{bad}", f"{bad}", "SUCCESS")
        assert runs_of(stack, watched, 2) == [failed, mended]

        carrier.deliver(last, "parcels.csv", as_csv(parcels(last, leave_out=5)))
        carrier.mark(last)
        assert runs_of(stack, watched, 3) == [failed, mended, (f"{last}", f"{last}", "SUCCESS")]
    assert carrier.gold() == carrier.expected()
    assert carrier.manifest(last).records == len(parcels(last, leave_out=5))
