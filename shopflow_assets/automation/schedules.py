"""The daily schedule and its job."""

from collections.abc import Iterator
from datetime import UTC, timedelta

import dagster as dg

from shopflow_assets.days.run_tags import UNATTENDED
from shopflow_assets.domain import assets_of
from shopflow_assets.registry import DOMAINS

DAILY_JOB = dg.define_asset_job(
    "shopflow_daily",
    selection=assets_of(*DOMAINS),
    description="All layers of all domains, of one day or a range of days.",
)


# Off until a person turns it on: a stack without a daily feed would fail every night.
@dg.schedule(
    name="shopflow_daily",
    job=DAILY_JOB,
    cron_schedule="0 1 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Every night at 01:00 UTC: brings yesterday to gold, in one run per domain.",
)
def daily_schedule(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """Request one run per domain, so that a bad day of one domain does not stop the others."""
    # Yesterday and not the newest partition, which is today and not over.
    yesterday = (context.scheduled_execution_time.astimezone(UTC) - timedelta(days=1)).date().isoformat()
    for name in DOMAINS:
        assets = assets_of(name).resolve(context.repository_def.asset_graph)
        yield dg.RunRequest(
            run_key=f"{name} {yesterday}",
            partition_key=yesterday,
            asset_selection=sorted(assets),
            tags=UNATTENDED,
        )
