"""What a source of records is: it lands days of a domain's tables in bronze."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from spark_jobs.contracts.contract import SilverContract
from spark_jobs.manifest import Manifest


@dataclass(frozen=True)
class Landing:
    """The newest manifest of a table and day, and why the day is not landed whole (empty: it is)."""

    manifest: Manifest | None
    problem: str = ""


class Source(Protocol):
    """Lands days of several tables. Bronze is always the same: objects, and a manifest per table and day.

    What follows landing reads manifests and knows no source.
    """

    @property
    def name(self) -> str:
        """The first part of the asset key that stands for the source: `<name>/<domain>`."""
        ...

    @property
    def description(self) -> str:
        """What arrives, for people."""
        ...

    @property
    def kinds(self) -> frozenset[str]:
        """What Dagster shows beside the source and the bronze tables: its system and formats."""
        ...

    def news(self, contracts: Sequence[type[SilverContract]], day: date) -> set[type[SilverContract]]:
        """The tables of which a landing of the day would change bronze, or find something wrong."""
        ...

    def land(
        self, contracts: Sequence[type[SilverContract]], day: date, landed_at: datetime
    ) -> Mapping[type[SilverContract], Landing]:
        """Land what there is of a day for these tables. Repeating it lands nothing twice."""
        ...
