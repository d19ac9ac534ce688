"""When things run by themselves."""

import dagster as dg

from shopflow_assets.run_tags import UNATTENDED

DAILY_JOB = dg.define_asset_job(
    "shopflow_daily",
    selection=dg.AssetSelection.all(),
    description="All layers of one day or range of days.",
)

# Off until someone turns it on: a stack without a daily feed would fail every night.
DAILY_SCHEDULE = dg.build_schedule_from_partitioned_job(
    DAILY_JOB,
    name="shopflow_daily",
    hour_of_day=1,
    tags=UNATTENDED,
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Carries yesterday from the inbox to gold.",
)
