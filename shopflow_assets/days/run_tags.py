"""Tags of runs: those that Dagster reads, whose names are private there, and our own."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # The command line needs the tags only, and importing Dagster takes more than a second.
    import dagster as dg

RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
# For runs that start by themselves: when the process of such a run dies, Dagster starts the run again. A step
# that failed is not tried again (`run_retries` in dagster.yaml): bad data would fail once more.
UNATTENDED = {"dagster/max_retries": "2"}
# A run with this tag takes all its days, also those that have nothing new.
FORCE = "shopflow/force"
# The domain of a run over one domain: dagster.yaml limits how many runs of a domain go on at the same time.
DOMAIN = "shopflow/domain"


def is_forced(context: "dg.AssetExecutionContext | dg.AssetCheckExecutionContext") -> bool:
    """Whether the run takes all its days, also those that have nothing new."""
    return context.run.tags.get(FORCE) == "true"
