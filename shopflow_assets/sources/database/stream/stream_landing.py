"""Lands the change stream: peek, put objects, commit the manifest, then let the server forget.

The manifest's `through` is the truth about what is landed. So after a crash anywhere the same is done again:
transactions that `through` covers are passed over, and objects without a manifest are listed nowhere.
"""

from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from shopflow_assets.errors import SourceError
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays
from shopflow_assets.sources.database.landed.lines import Batch
from shopflow_assets.sources.database.landed.position import instant_text, lsn, lsn_text, position
from shopflow_assets.sources.database.landed.put import put_lines
from shopflow_assets.sources.database.server.source_schema import own_columns, own_key
from shopflow_assets.sources.database.server.source_state import Tables
from shopflow_assets.sources.database.stream import slot
from shopflow_assets.sources.database.stream.pgoutput import Change, Commit
from shopflow_assets.sources.database.stream.transactions import Transaction, in_time, transactions
from spark_jobs.contracts.table import Table

if TYPE_CHECKING:
    import psycopg

# After so many lines a batch is committed, so that a long catch-up that is stopped need not begin again.
LINES_AT_ONCE: int = 200_000


@dataclass
class StreamLanding:
    """One landing of the changes after the newest landed day, up to the end of a day."""

    sql: "psycopg.Connection[Any]"
    days: DatabaseDays
    landed: DatabaseDay
    tables: Tables
    until: date
    landed_at: datetime
    # Where the last complete transaction ends, and when it happened.
    _end: int = field(init=False)
    _at: datetime = field(init=False)

    def __post_init__(self) -> None:
        """Begin where the newest landed day ends."""
        self._end, self._at = lsn(self.landed.through), self.landed.through_at

    def land(self, state: slot.SlotState) -> DatabaseDay:
        """Land all transactions up to `until` that were committed before the call; returns the newest day.

        Raises:
            StoreError: another landing was faster, or MinIO refused.
            SourceError: the stream cannot be read.
        """
        if state.confirmed < self._end:
            # A landing was killed before it let the server forget, or the server forgot that in a crash.
            slot.advance(self.sql, self.landed.through)
        is_done = False
        while not is_done:
            is_done = self._land_some(state.flushed)
            slot.advance(self.sql, self.landed.through)
        return self.landed

    def _land_some(self, target: int) -> bool:
        """Land what one look at the slot shows; returns whether nothing up to `until` is left."""
        before = self._end
        with closing(slot.peek(self.sql, target)) as looked, TemporaryDirectory() as folder:
            messages = slot.Counted(looked)
            batch, transaction, ordinal = self._batch(folder), None, 0
            for record in transactions(messages, self._end):
                if isinstance(record, Transaction):
                    transaction, ordinal = in_time(record, self._at, self.landed), 0
                    day = self._day_of(transaction.at)
                    if day > self.landed.partition_date:
                        self._commit(batch, self._end)
                        if day > self.until:
                            self._open_all()
                            return True
                        self._open_day(day)
                        batch = self._batch(folder)
                elif isinstance(record, Change):
                    ordinal = self._write(batch, transaction, record, ordinal)
                elif isinstance(record, Commit):
                    self._end = record.end_lsn
                    self._at = transaction.at if transaction else self._at
                    if batch.records >= LINES_AT_ONCE:
                        self._commit(batch, self._end)
                        batch = self._batch(folder)
            if messages.count < slot.CHANGES_AT_ONCE:
                self._commit_all(batch, target)
                return True
            if self._end == before:
                raise SourceError("The slot shows only what is landed: another program moves it. Run again.")
            self._commit(batch, self._end)
            return False

    def _batch(self, folder: str) -> Batch:
        path = Path(folder) / f"{self._end:X}"
        path.mkdir(exist_ok=True)
        return Batch(path, self.tables.by_name)

    def _day_of(self, at: datetime) -> date:
        # Times of commits may step back, as clocks do. The day of a stream never does.
        return max(at.date(), self.landed.partition_date)

    def _write(self, batch: Batch, transaction: Transaction | None, change: Change, ordinal: int) -> int:
        """Write the change as one line, or as two if it changed the key; returns the last ordinal."""
        relation = change.relation
        table = self.tables.by_name.get(relation.table)
        if transaction is None or relation.schema != self.tables.schema or table is None:
            return ordinal
        if missing := _missing(table, relation.columns):
            raise SourceError(
                f"{table.name}: the stream has changes without {missing}, as the table or the publication had"
                " no such column then. Let the contract do without it"
                f" (spark_jobs/contracts), or begin again: {slot.AGAIN}."
            )
        lines, at, xid = batch.of(relation.table), instant_text(transaction.at), str(transaction.xid)

        def write(op: str, columns: tuple[str, ...], values: Any, old_key: Any = None) -> None:
            nonlocal ordinal
            ordinal += 1
            place = position(self.landed.epoch, transaction.commit_lsn, ordinal)
            lines.write(place, op, at, xid, columns=columns, values=values, old_key=old_key)

        key = own_key(table)
        before = _of(key, relation.columns, change.old)
        if change.op == "t":
            write("t", (), ())
        elif change.new is None:
            write("d", key, tuple(before.values()))
        else:
            is_moved = change.op == "u" and bool(before) and before != _of(key, relation.columns, change.new)
            if is_moved:
                # One line is one version of one key.
                write("d", key, tuple(before.values()), before)
            write("c" if is_moved else change.op, relation.columns, change.new)
        return ordinal

    def _open_day(self, day: date) -> None:
        """Begin a later day. The days between had no change: they are landed too, and empty."""
        while self.landed.partition_date < day:
            next_day = self.landed.partition_date + timedelta(days=1)
            self.landed = self.landed.model_copy(update={"partition_date": next_day, "files": {}})
            if next_day < day:
                self.days.commit(self.landed)

    def _commit(self, batch: Batch, through: int) -> None:
        update = {"through": lsn_text(through), "through_at": self._at}
        self.landed = put_lines(self.days.lake, self.landed, batch, self.landed_at).model_copy(update=update)
        self.days.commit(self.landed)

    def _commit_all(self, batch: Batch, target: int) -> None:
        """Commit the last batch: nothing up to the target is left.

        The target is committed also where no change is: otherwise the server would keep its log, and read it
        again with each look, for as long as only other tables change.
        """
        if not self.landed.is_simulated:
            self._at = self.landed_at
        self._commit(batch, max(target, self._end))
        if not self.landed.is_simulated:
            self._open_all()

    def _open_all(self) -> None:
        """Land the days up to `until` that had no change: nothing of them can come any more."""
        if self.until > self.landed.partition_date:
            self._open_day(self.until)
            self.days.commit(self.landed)


def _of(key: tuple[str, ...], columns: tuple[str, ...], values: Any) -> dict[str, Any]:
    """The key's values in a row; nothing if there is no row."""
    return {name: values[columns.index(name)] for name in key} if values else {}


@cache
def _missing(table: Table, columns: tuple[str, ...]) -> str:
    """The contract's columns that a relation lacks."""
    return ", ".join(sorted({column.name for column in own_columns(table)} - set(columns)))
