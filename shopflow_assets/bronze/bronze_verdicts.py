"""The verdict of each bronze check on one day, from manifests alone."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median

from shopflow_assets.verdict import Verdict
from spark_jobs.manifest import Manifest

WEEKS = 4
ENOUGH = 2
# A day that had three records may well have seven.
MANY = 50


# The open day is run again and again until it ends.
OPEN = Verdict(True, "the day is not over: no verdict yet")


def is_open(day: date) -> bool:
    """Whether the day is not over yet (UTC)."""
    return day >= datetime.now(UTC).date()


def freshness(manifest: Manifest | None, max_hours: float) -> Verdict:
    """Whether the day's last file was landed soon enough after the end of the partition date.

    Simulated days are not judged: they are in the past by design.
    """
    if manifest and manifest.window and not manifest.files:
        return Verdict(True, "nothing changed on this day")
    if manifest is None or manifest.landed_at is None:
        return Verdict(False, "nothing of the day is landed", is_warning=True)
    hours = manifest.hours_late
    metadata = {
        "landed_at": manifest.landed_at.isoformat(timespec="seconds"),
        "hours_after_end_of_day": hours,
        "max_landing_delay_hours": max_hours,
    }
    if manifest.is_simulated:
        return Verdict(True, "a simulated day: its time of arrival means nothing", metadata)
    text = f"the last file was landed {hours} hours after the end of the day (UTC), the limit is {max_hours}"
    return Verdict(hours <= max_hours, text, metadata, is_warning=True)


def same_weekdays_before(day: date) -> list[date]:
    """The days that a day's volume is compared with."""
    return [day - timedelta(weeks=n) for n in range(1, WEEKS + 1)]


def volume(records: int, before: Sequence[int], factor: float) -> Verdict:
    """Whether a day has about as many records as the same weekdays before it.

    `before` has the record counts of the last four same weekdays, as far as they are landed. The check fails
    above `factor` times their median, and below the median divided by `factor`.
    """
    metadata = {"records": records, "same_weekdays_before": list(before), "max_volume_factor": factor}
    if len(before) < ENOUGH:
        text = f"too little history: {len(before)} of the {WEEKS} same weekdays before are landed"
        return Verdict(True, f"{text}, {ENOUGH} are needed", metadata)
    usual = median(before)
    if max(usual, records) < MANY:
        return Verdict(True, f"{records} records: too few to judge", metadata)
    text = f"{records} records, the same weekdays before had about {usual:g}"
    if usual / factor <= records <= usual * factor:
        return Verdict(True, text, metadata)
    return Verdict(False, f"{text}: more than a factor of {factor:g} apart", metadata, is_warning=True)
