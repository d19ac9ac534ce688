"""What a contract says beyond its columns: rules across them, its key, and how its rows hang together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Limits:
    """Settings that rules depend on: the first partition, which accepts records of any age."""

    first_partition: date


@dataclass(frozen=True)
class Rule:
    """A rule across columns. `holds` takes `col` of Spark or of polars, so it is written once for both.

    Only operators that a truth-table test has shown to agree may be used: arithmetic, comparison, `&`, `|`,
    `~`. A rule that comes out null passes.
    """

    text: str
    holds: Callable[[Callable[[str], Any], Limits], Any]


@dataclass(frozen=True)
class TableRules:
    """What a contract says beyond its columns.

    `agree_on` holds per `group_key`, a part of the key, within a day; `amount` is the money column that
    reconciliation adds up. `newest_by` are the columns by which a source orders the versions of a key within
    a day: the greatest wins, the others are superseded. Without them versions that differ are ambiguous.
    `max_age_days` is how long after its business date the source may send a record, for who looks back.
    `feed` is the folder under which the table's files arrive in the inbox and are kept in bronze, by default
    `<domain>/<table>`; a domain with one feed only may use its own name.
    """

    domain: str
    table: str
    key: tuple[str, ...]
    partition_by: tuple[str, ...] = ("partition_date",)
    rules: tuple[Rule, ...] = ()
    group_key: str | None = None
    agree_on: tuple[str, ...] = ()
    amount: str | None = None
    newest_by: tuple[str, ...] = ()
    max_age_days: int | None = None
    feed: str | None = None

    def __post_init__(self) -> None:
        """Refuse a group that could part the rows of one key."""
        if self.group_key and self.group_key not in self.key:
            raise ValueError(f"{self.domain}.{self.table}: group_key {self.group_key} is no part of the key")

    @property
    def feed_folder(self) -> str:
        """Where the table's files are, below the inbox and below bronze."""
        return self.feed or f"{self.domain}/{self.table}"
