"""What a source of records is: it lands days of a domain's tables in bronze."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from shopflow_assets.sources.bronze import BronzeTable
from shopflow_assets.verdict import Verdict
from spark_jobs.manifest import Manifest
from spark_jobs.silver_table import SilverTable


@dataclass(frozen=True)
class Landing:
    """The newest manifest of a table and day, and why the day is not landed completely (empty: it is).

    `verdicts` are those of the source's own checks, by name.
    """

    manifest: Manifest | None
    problem: str = ""
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)


class Source(Protocol):
    """Lands days of several tables. Bronze always has one form: objects, and a manifest per table and day.

    The later steps read manifests and do not depend on the source.
    """

    @property
    def name(self) -> str:
        """The first part of the source's asset key, `<name>/<domain>`."""
        ...

    @property
    def description(self) -> str:
        """What arrives, as Dagster shows it."""
        ...

    @property
    def kinds(self) -> frozenset[str]:
        """System and formats of the source, as Dagster shows them at the source and the bronze tables."""
        ...

    @property
    def warnings(self) -> Mapping[str, str]:
        """The source's own checks of a table and day, none of them blocking: descriptions by name."""
        ...

    def bronze(self, tables: Sequence[SilverTable]) -> Mapping[SilverTable, BronzeTable]:
        """The tables' bronze. What the tables share is read once for all of them."""
        ...

    def news(
        self, tables: Sequence[SilverTable], days: Sequence[date]
    ) -> Mapping[date, Collection[SilverTable]]:
        """For each day, the tables for which a landing would change bronze or find a problem."""
        ...

    def has_arrived(self, tables: Sequence[SilverTable], day: date) -> bool:
        """Whether the source has anything of the day for one of these tables."""
        ...

    def land(
        self,
        tables: Sequence[SilverTable],
        wanted: Sequence[SilverTable],
        days: Sequence[date],
        landed_at: datetime,
    ) -> Iterator[tuple[date, Mapping[SilverTable, Landing]]]:
        """Land what the source has of some days for the wanted ones of the domain's tables, day by day.

        Repeating it lands nothing twice.
        """
        ...
