"""Tags of runs that Dagster reads; its own names for them are private."""

import dagster as dg

RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
# For runs that start by themselves: nobody waits for them who would start them again when their process is
# gone. A step that failed is not tried again (`run_retries` in dagster.yaml): bad data would fail once more.
UNATTENDED = {"dagster/max_retries": "2"}
# A run with this tag makes days anew that have nothing new.
FORCE = "shopflow/force"
# The domain of a run that is of one domain: dagster.yaml lets no domain take all places.
DOMAIN = "shopflow/domain"


def is_forced(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> bool:
    """The run is to make everything, changed or not."""
    return context.run.tags.get(FORCE) == "true"
