"""The source of a domain whose records are the rows of a PostgreSQL database, and their changes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from shopflow_assets.errors import SourceError
from shopflow_assets.settings import settings
from shopflow_assets.sources.bronze import BronzeTable
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays, TableOfDatabase
from shopflow_assets.sources.database.server.connection import connect
from shopflow_assets.sources.database.server.source_state import Tables, simulated_clock
from shopflow_assets.sources.database.stream.by_stream import land_by_stream
from shopflow_assets.sources.database.stream.pending import pending_tables
from shopflow_assets.sources.database.stream.publication import state_of_stream
from shopflow_assets.sources.database.stream.snapshot import begin_stream
from shopflow_assets.sources.database.watermark.by_watermark import begin_windows, land_by_watermark
from shopflow_assets.sources.database.watermark.window import changed_since
from shopflow_assets.sources.source import Landing
from shopflow_assets.verdict import Verdict
from spark_jobs.silver_table import SilverTable

LAND = {"stream": land_by_stream, "watermark": land_by_watermark}


@dataclass(frozen=True)
class Database:
    """Tables of one schema. `withheld` are columns by table that must never leave the server.

    `raw_schema` is the schema in which Trino's catalog `bronze` shows the landed records. A second database
    with a table of the same name needs another one.
    """

    description: str
    schema: str
    withheld: Mapping[str, Collection[str]] = field(default_factory=dict, hash=False)
    raw_schema: str = "raw"
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

    def news(
        self, tables: Sequence[SilverTable], days: Sequence[date]
    ) -> Mapping[date, Collection[SilverTable]]:
        """The tables that changed on a day and are not landed; all of them if the day cannot be landed."""
        changed = self.changed(tables, days)
        return {day: [t for t in tables if t.rules.table in changed.get(day, ())] for day in days}

    def changed(self, tables: Sequence[SilverTable], days: Sequence[date]) -> Mapping[date, Collection[str]]:
        """The names of the tables that changed, by day; a day without changes may be left out."""
        landed, asked, every = DatabaseDays(tables[0].domain), self.tables(tables), dict.fromkeys
        newest, names = landed.newest(), tuple(table.rules.table for table in tables)
        behind = [day for day in days if newest is not None and day < newest.partition_date]
        news = {day: names for day in behind if landed.day(day) is None}
        to_read = [day for day in days if day not in behind]
        if newest is None or not to_read:
            return news | every(to_read, names)
        try:
            with connect() as sql:
                if settings().oltp_mode == "watermark" or newest.mode == "watermark":
                    return news | every(to_read, names)
                changed = pending_tables(sql, asked, newest)
        except SourceError:
            # A landing says what is wrong.
            return news | every(to_read, names)
        later = [day for day in to_read if day > newest.partition_date]
        return {**news, **changed, **every(later, names)}

    def changed_days(self, tables: Sequence[SilverTable], today: date) -> Collection[date]:
        """The days for which there is something to land now; none if nothing changed.

        Raises:
            SourceError: the source cannot be read, or changes are lost.
        """
        landed, asked = DatabaseDays(tables[0].domain), self.tables(tables)
        newest = landed.newest()
        if newest is None:
            return [today]
        with connect() as sql:
            if settings().oltp_mode == "stream":
                return pending_tables(sql, asked, newest).keys()
            now = (simulated_clock(sql) or datetime.now(UTC)).date()
            return [newest.partition_date, now] if changed_since(sql, asked, newest.through_at) else []

    def has_arrived(self, tables: Sequence[SilverTable], day: date) -> bool:
        """Whether the database has the day: from its first landing until now, or as far as it has lived."""
        first = DatabaseDays(tables[0].domain).first()
        with connect() as sql:
            now = simulated_clock(sql) or datetime.now(UTC)
        return (first or day) <= day <= now.date()

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
