"""What a source of records is: it lands days of a domain's tables in bronze."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from spark_jobs.manifest import Manifest
from spark_jobs.silver_table import SilverTable


@dataclass(frozen=True)
class Landing:
    """The newest manifest of a table and day, and why the day is not landed completely (empty: it is)."""

    manifest: Manifest | None
    problem: str = ""


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

    def news(self, tables: Sequence[SilverTable], day: date) -> set[SilverTable]:
        """The tables for which a landing of the day would change bronze or find a problem."""
        ...

    def has_arrived(self, tables: Sequence[SilverTable], day: date) -> bool:
        """Whether the source has anything of the day for one of these tables."""
        ...

    def land(
        self, tables: Sequence[SilverTable], day: date, landed_at: datetime
    ) -> Mapping[SilverTable, Landing]:
        """Land what the source has of a day for these tables. Repeating it lands nothing twice."""
        ...
