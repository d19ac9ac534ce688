"""Days of a run that another run overtook: silver is not any more what this run has checked.

A step of gold waits for its turn while other runs go on. If one of them replaced a day of silver and its
checks refused it, gold would take what was refused.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import dagster as dg
from dagster import DagsterEventType

from shopflow_assets.checks.per_day import newest_materializations


def overtaken_days(
    context: dg.AssetExecutionContext, sources: Iterable[dg.AssetKey], days: Sequence[date]
) -> dict[date, str]:
    """Why these of the days are left to another run: it made one of the sources anew after this run did.

    A run that makes gold alone takes silver as it is.
    """
    # A run that is started again, up to twice, goes on from where the one before stopped.
    runs = {context.run.run_id, context.run.parent_run_id, context.run.root_run_id}
    made = {
        (record.asset_key, record.partition_key)
        for run in filter(None, runs)
        for record in context.instance.get_records_for_run(
            run, of_type=DagsterEventType.ASSET_MATERIALIZATION
        ).records
    }
    found: dict[date, str] = {}
    for source in sources:
        mine = [day.isoformat() for day in days if (source, day.isoformat()) in made]
        for day, newest in newest_materializations(context.instance, source, mine).items():
            if newest.run_id not in runs:
                found[date.fromisoformat(day)] = (
                    f"run {newest.run_id[:8]} made {source.to_user_string()} of the day anew meanwhile, "
                    "and brings it to gold if its checks pass"
                )
    return found
