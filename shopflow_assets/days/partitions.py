"""The one partitions definition that all assets share: UTC days from the shop's opening to today.

Today is included: sources that deliver all day are loaded several times a day.
"""

from datetime import date

import dagster as dg

from shopflow_assets.settings import settings

DAILY = dg.DailyPartitionsDefinition(
    start_date=settings().start_date.isoformat(), timezone="UTC", end_offset=1
)
# One run per contiguous range of days, however long: engines and sessions are started once.
ONE_RUN = dg.BackfillPolicy.single_run()


def run_days(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> list[date]:
    """The run's days in order, as dates: so no other text gets into a path, a predicate or SQL."""
    return [date.fromisoformat(key) for key in sorted(context.partition_keys)]
