"""Tags of runs: those that Dagster reads, whose names are private there, and our own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
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
# Days within the run's range that it leaves out, because nothing of the domain has arrived: a tag per month
# and domain. One tag for all days could be too long: PostgreSQL indexes the values.
_MISSING = "shopflow/missing_days_"


def is_forced(context: "dg.AssetExecutionContext | dg.AssetCheckExecutionContext") -> bool:
    """Whether the run takes all its days, also those that have nothing new."""
    return context.run.tags.get(FORCE) == "true"


def missing_tags(domain: str, days: Iterable[date]) -> dict[str, str]:
    """The tags of a run that leaves out these days of a domain."""
    by_month: dict[str, list[str]] = defaultdict(list)
    for day in sorted(days):
        by_month[f"{day:%Y-%m}"].append(f"{day:%d}")
    return {f"{_MISSING}{month}_{domain}": " ".join(numbers) for month, numbers in by_month.items()}


def missing_days(tags: Mapping[str, str], domain: str) -> set[date]:
    """The days of a domain that a run with these tags leaves out."""
    days: set[date] = set()
    for key, numbers in tags.items():
        month, _, of_domain = key.removeprefix(_MISSING).partition("_")
        if key.startswith(_MISSING) and of_domain == domain:
            days |= {date.fromisoformat(f"{month}-{number}") for number in numbers.split()}
    return days
