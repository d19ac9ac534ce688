"""Days that a run took with it when another of its days broke it.

A step that fails for one day ends the run for all: the others are landed, and perhaps in silver, and nothing
new arrives for them that would start them again.
"""

from collections.abc import Collection, Iterable

import dagster as dg

from shopflow_assets.checks.per_day import newest_materializations
from shopflow_assets.partitions import DAILY
from shopflow_assets.run_tags import RANGE_END, RANGE_START, SENSOR

# A day that is mended later than so many failures ago is run with its neighbours by hand.
FAILURES = 20


def left_behind(
    instance: dg.DagsterInstance,
    sensor: str,
    landed: dg.AssetKey,
    downstream: Iterable[dg.AssetKey],
    ready: Collection[str],
) -> dict[str, str]:
    """Days that failed runs of the sensor left behind, each with the newest such run's id.

    Only runs that had one of the `ready` days, which may have been mended. A day is left behind if it was
    landed and some table downstream has not been made of it since.
    """
    failed = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], tags={SENSOR: sensor})
    known = DAILY.get_partition_keys()
    found: dict[str, str] = {}
    for run in instance.get_runs(failed, limit=FAILURES):
        # Days from before a later SHOPFLOW_START_DATE are partitions no more.
        days = [day for day in known if run.tags[RANGE_START] <= day <= run.tags[RANGE_END]]
        if not set(ready).isdisjoint(days):
            for day in days:
                found.setdefault(day, run.run_id)
    beside = sorted(found.keys() - set(ready))
    at = {day: newest.storage_id for day, newest in newest_materializations(instance, landed, beside).items()}
    behind: set[str] = set()
    for table in downstream:
        made = newest_materializations(instance, table, list(at))
        behind |= {day for day, since in at.items() if day not in made or made[day].storage_id < since}
    return {day: found[day] for day in sorted(behind)}
