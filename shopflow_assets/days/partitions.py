"""The one partitions definition that all assets share: UTC days from the shop's opening to today.

Today is included: sources that deliver all day are loaded several times a day.
"""

from datetime import date

import dagster as dg

from shopflow_assets.days.run_tags import missing_days
from shopflow_assets.settings import settings

DAILY = dg.DailyPartitionsDefinition(
    start_date=settings().start_date.isoformat(), timezone="UTC", end_offset=1
)
# One run per contiguous range of days, however long: engines and sessions are started once.
ONE_RUN = dg.BackfillPolicy.single_run()


def planned_days(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> list[date]:
    """The days of the run's range, as dates: so no other text gets into a path, a predicate or SQL."""
    return [date.fromisoformat(key) for key in sorted(context.partition_keys)]


def run_days(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> list[date]:
    """The days that the step takes: those of the range, less those that the run leaves out for its domain."""
    op = context.op_execution_context
    keys = op.selected_asset_keys | {check.asset_key for check in op.selected_asset_check_keys}
    missing = {day for domain in {key.path[1] for key in keys} for day in missing_days(op.run.tags, domain)}
    return [day for day in planned_days(context) if day not in missing]
