"""The source of a domain whose records are the rows of a PostgreSQL database, and their changes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from shopflow_assets.settings import settings
from shopflow_assets.sources.bronze import BronzeTable
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays, TableOfDatabase
from shopflow_assets.sources.database.server.connection import connect
from shopflow_assets.sources.database.server.source_state import Tables
from shopflow_assets.sources.database.stream.by_stream import land_by_stream
from shopflow_assets.sources.database.stream.publication import state_of_stream
from shopflow_assets.sources.database.stream.snapshot import begin_stream
from shopflow_assets.sources.database.watermark.by_watermark import begin_windows, land_by_watermark
from shopflow_assets.sources.source import Landing
from shopflow_assets.verdict import Verdict
from spark_jobs.silver_table import SilverTable

LAND = {"stream": land_by_stream, "watermark": land_by_watermark}


@dataclass(frozen=True)
class Database:
    """Tables of one schema. `withheld` are columns by table that must never leave the server."""

    description: str
    schema: str
    withheld: Mapping[str, Collection[str]] = field(default_factory=dict, hash=False)
    name: str = "postgres"
    kinds: frozenset[str] = frozenset({"postgres", "json"})

    @property
    def warnings(self) -> Mapping[str, str]:
        """What may be wrong with the source and stops nothing."""
        return {
            "columns": "The source has no column that the contract does not have.",
            "lag": "Nothing is about to be missed: the slot is far from lost, each row has its `updated_at`.",
        }

    def bronze(self, tables: Sequence[SilverTable]) -> Mapping[SilverTable, BronzeTable]:
        """The tables' parts of the database's manifests."""
        return TableOfDatabase.each(tables)

    def tables(self, tables: Sequence[SilverTable]) -> Tables:
        """The tables by name, and where they are in the source."""
        return Tables(self.schema, {t.rules.table: t for t in tables}, self.withheld)

    def news(self, tables: Sequence[SilverTable], day: date) -> set[SilverTable]:
        """All tables, unless the day is behind what is landed: only a landing shows what changed."""
        days = DatabaseDays(tables[0].domain)
        newest = days.newest()
        is_behind = newest is not None and day < newest.partition_date and days.day(day) is not None
        return set() if is_behind else set(tables)

    def has_arrived(self, _tables: Sequence[SilverTable], _day: date) -> bool:
        """A database has every day until now."""
        return True

    def land(
        self,
        tables: Sequence[SilverTable],
        wanted: Sequence[SilverTable],
        days: Sequence[date],
        landed_at: datetime,
    ) -> Iterator[tuple[date, Mapping[SilverTable, Landing]]]:
        """Land the days, always of all tables: a transaction is landed whole."""
        landed = DatabaseDays(tables[0].domain)
        outcome = LAND[settings().oltp_mode](self.tables(tables), landed, days, landed_at)
        bronze = self.bronze(wanted)
        for day in days:
            unknown = of_day.unknown if (of_day := landed.day(day)) else {}
            yield (
                day,
                {
                    table: Landing(
                        bronze[table].manifest(day),
                        outcome.problems.get(day, ""),
                        {"columns": _columns(unknown.get(table.rules.table, {})), "lag": outcome.lag},
                    )
                    for table in wanted
                },
            )

    def begin(self, tables: Sequence[SilverTable], landed_at: datetime) -> None:
        """Let the change stream begin with the present rows, if it has not begun: later changes are in it.

        Raises:
            SourceError: the source cannot be read.
        """
        if settings().oltp_mode == "stream" and DatabaseDays(tables[0].domain).newest() is None:
            self.snapshot(tables, landed_at)

    def snapshot(self, tables: Sequence[SilverTable], landed_at: datetime) -> DatabaseDay:
        """Land the present rows of all tables in a new epoch, in the mode that is set; later positions win.

        Raises:
            SourceError: the source cannot be read.
        """
        landed, asked = DatabaseDays(tables[0].domain), self.tables(tables)
        with connect() as sql:
            if settings().oltp_mode == "watermark":
                return begin_windows(sql, asked, landed, landed_at)
            return begin_stream(sql, landed, asked, state_of_stream(sql, asked), landed_at)


def _columns(unknown: Mapping[str, str]) -> Verdict:
    if not unknown:
        return Verdict(True, "every column of the source is in the contract")
    listed = ", ".join(f"{name} ({kind})" for name, kind in unknown.items())
    text = f"the contract does not have these columns of the source: {listed}. Bronze has them; silver gets"
    text += " them when the contract has them, with `since`"
    return Verdict(False, text, {"columns": listed}, is_warning=True)
