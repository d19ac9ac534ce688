"""Reads a watermark window of all tables in one snapshot, and lands what is not landed yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from shopflow_assets.settings import settings
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays, Extraction
from shopflow_assets.sources.database.landed.lines import Batch, TableLines
from shopflow_assets.sources.database.landed.position import instant_text, position
from shopflow_assets.sources.database.landed.put import put_lines
from shopflow_assets.sources.database.server.connection import cluster
from shopflow_assets.sources.database.server.counted_rows import count_rows
from shopflow_assets.sources.database.server.source_state import SourceState, Tables
from shopflow_assets.sources.database.watermark.versions import Version, landed_versions
from shopflow_assets.sources.database.watermark.window import (
    OVERLAP,
    WATERMARK,
    Window,
    recent_changes,
    rows_of_window,
    rows_without_time,
)
from shopflow_assets.sources.scratch import scratch_folder
from spark_jobs.contracts.table import Table
from spark_jobs.contracts.versions import own_key
from spark_jobs.manifest import Claim

if TYPE_CHECKING:
    import psycopg

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WindowLanding:
    """One landing of some days of an epoch."""

    sql: "psycopg.Connection[Any]"
    days: DatabaseDays
    tables: Tables
    source: SourceState
    epoch: int
    epoch_begins: date
    landed_at: datetime

    @property
    def at(self) -> datetime:
        """Everything that was changed before is seen, but for transactions that are still open."""
        return self.source.clock or self.landed_at

    def begin(self) -> DatabaseDay:
        """Land all rows, as the beginning of the epoch."""
        self.days.end_epoch(before=self.epoch_begins)
        return self._land(self.epoch_begins, Window(None, None))

    def land(self, day: date) -> DatabaseDay:
        """Land the rows of a day's window that are not landed."""
        midnight = datetime.combine(day, time(), UTC)
        landed, day_before = self.days.day(day), self.days.day(day - _DAY)
        if day == settings().start_date and self.epoch == 1 and landed is None:
            # The first partition takes all that was there before it, once. A snapshot does so, too.
            start = None
        elif day_before and day_before.epoch == self.epoch:
            # It may have been read last before it was over.
            start = min(midnight, day_before.through_at) - OVERLAP
        else:
            start = midnight - OVERLAP
        return self._land(day, Window(start, midnight + _DAY))

    def _land(self, day: date, window: Window) -> DatabaseDay:
        with scratch_folder(settings().home) as folder:
            batch = Batch(folder, self.tables.by_name)
            read = self._read(batch, day, window)
            landed = put_lines(self.days.lake, read, batch, self.landed_at)
        self.days.commit(landed)
        return landed

    def _read(self, batch: Batch, day: date, window: Window) -> DatabaseDay:
        """Write the window's new lines, and return the day as it is to be, without their files.

        The source counts the same rows in the same snapshot. What it counts, less what was landed before, is
        what silver has to hold.
        """
        before = self.days.day(day)
        claims, recent, without_time = {}, {}, {}
        with self.sql.transaction():
            self.sql.execute("set transaction isolation level repeatable read, read only")
            [(snapshot,)] = self.sql.execute("select pg_current_snapshot()::text").fetchall()
            for name, table in self.tables.by_name.items():
                again = self._write(batch.of(name), window, self._known(table, day, window))
                counted = count_rows(self.sql, self.tables.schema, table, window.condition())
                claims[name] = _sum(_claim(before, table), counted, again, truncates=window.end is None)
                recent[name] = recent_changes(self.sql, self.tables.schema, name, self.at)
                if rows := rows_without_time(self.sql, self.tables.schema, name):
                    without_time[name] = rows
        return DatabaseDay(
            domain=self.days.domain,
            partition_date=day,
            mode="watermark",
            epoch=self.epoch,
            epoch_begins=self.epoch_begins,
            cluster=cluster(self.sql),
            through=self.at.isoformat(),
            through_at=self.at,
            is_simulated=self.source.clock is not None,
            columns=self.source.columns,
            numbers=self.source.numbers,
            files=before.files if before else {},
            extraction=Extraction(
                start=window.start,
                end=window.end,
                snapshot=snapshot,
                recent=recent,
                without_time=without_time,
            ),
            claims=claims,
        )

    def _known(self, table: Table, day: date, window: Window) -> set[Version]:
        """The versions of the window that are landed: on its days, or on two that may overlap with them."""
        if window.end is None:
            return set()
        first = window.start.date() if window.start else day
        days = (first + n * _DAY for n in range((day - first).days + 3))
        return landed_versions(
            self.days.lake, table, map(self.days.day, days), self.epoch, window.first_place
        )

    def _write(self, lines: TableLines, window: Window, known: set[Version]) -> Claim:
        """Write the rows whose versions are not known; returns how many are, and the money in them."""
        name, amount = lines.table.rules.table, lines.table.rules.amount
        columns = tuple(self.source.columns[name])
        key = [columns.index(column) for column in own_key(lines.table)]
        changed_at, again, money = columns.index(WATERMARK), 0, Decimal(0)
        if window.end is None:
            lines.write(position(self.epoch, 0, 0), "t", instant_text(self.at))
        for place, row in rows_of_window(self.sql, self.tables.schema, name, columns, window):
            if (tuple(row[n] for n in key), place) in known:
                again += 1
                money += lines.readable(row[columns.index(amount)]) if amount else 0
            else:
                # A window has one version of each key.
                at = row[changed_at] or ""
                lines.write(position(self.epoch, place, 1), "r", at, columns=columns, values=row)
        return Claim(rows=again, amount=money if amount else None)


def _claim(landed: DatabaseDay | None, table: Table) -> Claim:
    """What was counted before of the day: by the source, or by the landing if it was landed by stream."""
    name = table.rules.table
    if landed is None:
        return Claim()
    files = landed.files.get(name, ())
    by_landing = Claim(rows=sum(f.records for f in files), amount=_money(f.amount for f in files))
    return landed.claims.get(name, by_landing)


def _sum(before: Claim, counted: Claim, again: Claim, *, truncates: bool) -> Claim:
    rows = before.rows + counted.rows - again.rows + truncates
    if counted.amount is None or again.amount is None:
        return Claim(rows=rows)
    return Claim(rows=rows, amount=(before.amount or 0) + counted.amount - again.amount)


def _money(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
