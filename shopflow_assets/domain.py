"""What a domain declares: where its records come from, and its silver tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shopflow_assets.sources.source import Source
from spark_jobs.silver_table import SilverTable


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
