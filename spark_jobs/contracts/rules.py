"""What a contract says beyond its columns: its key, rules across columns, and rules across rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

# A day begins up to 14 hours earlier than in UTC, so a civil date may be ahead of the instant's date.
FARTHEST_AHEAD = timedelta(hours=14)
UnknownColumns = Literal["refuse", "report"]


@dataclass(frozen=True)
class Limits:
    """Settings that rules depend on. The first partition accepts records of any age."""

    first_partition: date


@dataclass(frozen=True)
class Rule:
    """A rule across columns. `holds` takes the `col` of Spark or of polars, so it is written once for both.

    It may use arithmetic, comparison, `&`, `|` and `~`: a truth-table test shows that both engines agree on
    them. A rule whose result is null passes.
    """

    text: str
    holds: Callable[[Callable[[str], Any], Limits], Any]


@dataclass(frozen=True)
class TableRules:
    """What a contract says beyond its columns.

    The rows of a day with the same `group_key`, a part of the key, must agree on the columns `agree_on`.
    `amount` is the money column that reconciliation adds up. `newest_by` are the columns by which a source
    orders the versions of a key within a day: the greatest is kept, the others are superseded. Without them,
    versions that differ are ambiguous. `max_age_days` is how long after its business date the source may send
    a record; gold looks back that far. `feed` is the folder of the table's files in the inbox and in bronze,
    by default `<domain>/<table>`; a domain with only one feed may use its own name. `unknown_columns` says
    what becomes of a JSON line with a key that is no column: it is refused, or the key is passed over and
    left to the landing to report. A CSV file with an unknown column is always refused.
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
    unknown_columns: UnknownColumns = "refuse"

    def __post_init__(self) -> None:
        """Refuse a group key that could put the rows of one key into different groups."""
        if self.group_key and self.group_key not in self.key:
            raise ValueError(f"{self.domain}.{self.table}: group_key {self.group_key} is no part of the key")

    @property
    def feed_folder(self) -> str:
        """The folder of the table's files, in the inbox and in bronze."""
        return self.feed or f"{self.domain}/{self.table}"
