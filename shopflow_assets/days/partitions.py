"""The one partitions definition that all assets share: UTC days from the shop's opening to today.

Today is one of them: sources that deliver all day are carried again and again on the open day.
"""

from datetime import date

import dagster as dg

from shopflow_assets.settings import settings

DAILY = dg.DailyPartitionsDefinition(
    start_date=settings().start_date.isoformat(), timezone="UTC", end_offset=1
)
# One run per contiguous range of days, however long: engines and sessions are warmed once.
ONE_RUN = dg.BackfillPolicy.single_run()


def run_days(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> list[date]:
    """The run's days in order, parsed, so that nothing but a date ever meets a path, a predicate or SQL."""
    return [date.fromisoformat(key) for key in sorted(context.partition_keys)]
