"""The source of a domain whose records are the rows of a PostgreSQL database, and their changes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from shopflow_assets.errors import NotOpenedError, SourceError
from shopflow_assets.settings import settings
from shopflow_assets.sources.bronze import BronzeTable
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays
from shopflow_assets.sources.database.landed.landed_table import TableOfDatabase
from shopflow_assets.sources.database.landed.lost import how_to_mend_day, lost_files
from shopflow_assets.sources.database.landed.outcome import Outcome, check_mode, unknown_columns_verdict
from shopflow_assets.sources.database.server.connection import connect
from shopflow_assets.sources.database.server.source_state import Tables, simulated_clock
from shopflow_assets.sources.database.stream.by_stream import land_by_stream
from shopflow_assets.sources.database.stream.pending import pending_tables
from shopflow_assets.sources.database.stream.publication import state_of_stream
from shopflow_assets.sources.database.stream.snapshot import begin_stream
from shopflow_assets.sources.database.watermark.by_watermark import begin_windows, land_by_watermark
from shopflow_assets.sources.database.watermark.unread import unread_tables
from shopflow_assets.sources.source import Landing
from spark_jobs.silver_table import SilverTable

LAND = {"stream": land_by_stream, "watermark": land_by_watermark}
CHANGED = {"stream": pending_tables, "watermark": unread_tables}


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
            "lag": "The server keeps its log for no slot but the one in use, which is far from lost.",
            "unseen": "Windows see all rows: each has its `updated_at`, and the first partition is landed.",
        }

    def bronze(self, tables: Sequence[SilverTable]) -> Mapping[SilverTable, BronzeTable]:
        """The tables' parts of the database's manifests."""
        # A run of checks alone may ask for no table.
        return TableOfDatabase.each(tables) if tables else {}

    def tables(self, tables: Sequence[SilverTable]) -> Tables:
        """The tables by name, and where they are in the source."""
        return Tables(self.schema, {t.rules.table: t for t in tables}, self.withheld)

    def news(
        self, tables: Sequence[SilverTable], days: Sequence[date]
    ) -> Mapping[date, Collection[SilverTable]]:
        """The tables that a day's landing would change, or that bronze has lost some of; all if it fails."""
        landed, asked = DatabaseDays(tables[0].domain), self.tables(tables)
        newest, every = landed.newest(), asked.by_name.keys()
        changed: dict[date, Collection[str]] = {}
        if newest is not None and max(days) >= newest.partition_date:
            try:
                changed |= self._changed(asked, newest)
            except SourceError:
                # A landing says what is wrong.
                changed |= {day: every for day in days if day >= newest.partition_date}
        changed |= {day: every for day in days if landed.day(day) is None}
        lost = lost_files(TableOfDatabase.each(tables, landed), days)
        return {
            day: [t for t in tables if t.rules.table in changed.get(day, ()) or day in lost[t]]
            for day in days
        }

    def changed_days(self, tables: Sequence[SilverTable]) -> Collection[date]:
        """The days for which there is something to land now; none if nothing changed.

        Raises:
            SourceError: the source cannot be read, or changes are lost.
        """
        newest = DatabaseDays(tables[0].domain).newest()
        if newest is None:
            today, first = _now().date(), settings().start_date
            # By watermark, the first partition takes all rows that were changed before it.
            return [max(today, first)] if settings().oltp_mode == "stream" else [first, max(today, first)]
        return self._changed(self.tables(tables), newest).keys()

    def _changed(self, tables: Tables, newest: DatabaseDay) -> Mapping[date, Collection[str]]:
        """The names of the tables that changed since the newest landed day was landed, by day."""
        mode = settings().oltp_mode
        check_mode(newest, mode)
        with connect() as sql:
            return CHANGED[mode](sql, tables, newest)

    def has_arrived(self, tables: Sequence[SilverTable], day: date) -> bool:
        """Whether the day is landed or a landing would land it.

        A stream lands nothing before its newest day, windows nothing before their epoch.
        """
        landed = DatabaseDays(tables[0].domain)
        newest = landed.newest()
        if newest is not None and day < newest.lands_from:
            return landed.day(day) is not None
        try:
            now = _now()
        except NotOpenedError:
            # What was landed has opened once; then a landing says what is wrong.
            return newest is not None
        except SourceError:
            # A landing says what is wrong.
            return True
        if newest is None and settings().oltp_mode == "stream":
            first, _ = landed.next_epoch(now)
            return day == first
        return day <= now.date()

    def land(
        self,
        tables: Sequence[SilverTable],
        wanted: Sequence[SilverTable],
        days: Sequence[date],
        landed_at: datetime,
    ) -> Iterator[tuple[date, Mapping[SilverTable, Landing]]]:
        """Land the days, always of all tables: a transaction is landed whole."""
        landed = DatabaseDays(tables[0].domain)
        outcome = self._read(tables, landed, days, landed_at)
        bronze = TableOfDatabase.each(wanted, landed)
        lost = lost_files(bronze, days)
        for day in days:
            read = of_day.columns if (of_day := landed.day(day)) else {}
            yield (
                day,
                {
                    table: Landing(
                        bronze[table].manifest(day),
                        outcome.problems.get(day, "") or how_to_mend_day(bronze[table], day, lost[table]),
                        {
                            "columns": unknown_columns_verdict(table, read.get(table.rules.table, {})),
                            "lag": outcome.lag,
                            "unseen": outcome.unseen,
                        },
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
        newest = landed.newest()
        if newest is not None and newest.mode == settings().oltp_mode:
            # What can still be landed is, or its versions would be missing. What cannot is why people ask.
            self._read(tables, landed, [max(newest.partition_date, _now().date())], landed_at)
        with connect() as sql:
            if settings().oltp_mode == "watermark":
                return begin_windows(sql, asked, landed, landed_at)
            return begin_stream(sql, landed, asked, state_of_stream(sql, asked), landed_at)

    def _read(
        self, tables: Sequence[SilverTable], landed: DatabaseDays, days: Sequence[date], landed_at: datetime
    ) -> Outcome:
        """Land what the source has of the days, in the mode that is set."""
        mode = settings().oltp_mode
        if mode == "watermark":
            # What bronze has lost of a day would be read again, and counted twice.
            lost = lost_files(TableOfDatabase.each(tables, landed), days)
            days = [day for day in days if not any(day in of_table for of_table in lost.values())]
        return LAND[mode](self.tables(tables), landed, days, landed_at)


def _now() -> datetime:
    """How far the database has lived, if it is simulated."""
    with connect() as sql:
        return simulated_clock(sql) or datetime.now(UTC)
