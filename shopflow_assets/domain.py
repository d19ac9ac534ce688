"""What a domain declares, and which assets of Dagster are its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import dagster as dg

from shopflow_assets.sources.source import Source
from spark_jobs.silver_table import SilverTable

LAYERS = ("bronze", "silver", "gold")


@dataclass(frozen=True)
class Domain:
    """One domain. `shopflow_assets.factory` makes its assets, checks, job and sensor from this."""

    name: str
    source: Source
    tables: tuple[SilverTable, ...]
    # The queries on the domain's gold that `shopflow demo` shows: SQL by title.
    questions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a table whose contract names another domain: its files and rows would go there."""
        for table in self.tables:
            if table.domain != self.name:
                raise ValueError(f"{table.contract.__name__}: domain {table.domain}, in {self.name}")


def assets_of(*domains: str) -> dg.AssetSelection:
    """The assets of domains that a run can make: their keys are [layer, domain, table].

    Not selected along lineage: all gold reads the quarantine, so that would reach other domains. Not selected
    by group: a group is what one picture of the graph shows.
    """
    return dg.AssetSelection.key_prefixes(*([layer, domain] for domain in domains for layer in LAYERS))


def group_of(domain: str, layer: str) -> str:
    """The group in which Dagster's graph shows the assets of a domain's layer."""
    return f"{domain}_{layer}"
