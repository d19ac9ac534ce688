"""Lands the change stream: peek, put objects, commit the manifest, then let the server forget.

The manifest's `through` is the truth about what is landed. So after a crash anywhere the same is done again:
transactions that `through` covers are passed over, and objects without a manifest are listed nowhere.
"""

from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopflow_assets.errors import SourceError
from shopflow_assets.settings import settings
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays
from shopflow_assets.sources.database.landed.lines import Batch
from shopflow_assets.sources.database.landed.outcome import begin_again
from shopflow_assets.sources.database.landed.position import instant_text, lsn, lsn_text, position
from shopflow_assets.sources.database.landed.put import put_changes
from shopflow_assets.sources.database.server.source_state import Tables
from shopflow_assets.sources.database.stream import slot
from shopflow_assets.sources.database.stream.pgoutput import Change, Commit
from shopflow_assets.sources.database.stream.transactions import Transaction, transactions
from shopflow_assets.sources.scratch import scratch_folder
from spark_jobs.contracts.table import Table
from spark_jobs.contracts.versions import own_columns, own_key

if TYPE_CHECKING:
    import psycopg

# After so many lines a batch is committed, so that a long catch-up that is stopped need not begin again.
LINES_AT_ONCE: int = 200_000


@dataclass
class StreamLanding:
    """One landing of the changes after the newest landed day, up to the end of a day that has begun."""

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

    def land(self, target: int) -> None:
        """Land all transactions up to `until` that were committed before a position of the log.

        Raises:
            StoreError: another landing was faster, or MinIO refused.
            SourceError: the stream cannot be read.
        """
        is_done = False
        while not is_done:
            is_done = self._land_some(target)
            slot.advance(self.sql, self.landed.through)

    def _land_some(self, target: int) -> bool:
        """Land what one look at the slot shows; returns whether nothing up to `until` is left."""
        before = self._end
        with closing(slot.peek(self.sql, target)) as looked, scratch_folder(settings().home) as folder:
            messages = slot.Counted(looked)
            batch, transaction, ordinal = self._batch(folder), None, 0
            for record in transactions(messages, self.landed):
                if isinstance(record, Transaction):
                    transaction, ordinal = record, 0
                    # Times of commits may step back, as clocks do. The day of a stream never does.
                    day = record.at.date()
                    if day > self.landed.partition_date:
                        self._commit(batch, self._end)
                        # No change is left to be landed on the days before it.
                        self.landed = self.days.commit_empty(self.landed, min(day, self.until))
                        if day > self.until:
                            return True
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

    def _batch(self, folder: Path) -> Batch:
        path = folder / f"{self._end:X}"
        path.mkdir(exist_ok=True)
        return Batch(path, self.tables.by_name)

    def _write(self, batch: Batch, transaction: Transaction | None, change: Change, ordinal: int) -> int:
        """Write the change as one line, or as two if it changed the key; returns the last ordinal."""
        relation = change.relation
        if transaction is None or not self.tables.has(relation.schema, relation.table):
            return ordinal
        table = self.tables.by_name[relation.table]
        if missing := _missing(table, relation.columns):
            raise SourceError(
                f"{relation.schema}.{relation.table}: the stream has changes without {missing}: the table"
                " or the publication had no such column then. Let the contract do without it"
                f" (spark_jobs/contracts); or {begin_again(self.days.domain)}."
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
                # One line is one version of one key. The new key may have unchanged values of the old one.
                write("d", key, tuple(before.values()), before)
                write("c", relation.columns, change.new, before)
            else:
                write(change.op, relation.columns, change.new)
        return ordinal

    def _commit(self, batch: Batch, through: int) -> None:
        update = {"through": lsn_text(through), "through_at": self._at}
        self.landed = put_changes(self.days.lake, self.landed, batch, self.landed_at).model_copy(
            update=update
        )
        self.days.commit(self.landed)

    def _commit_all(self, batch: Batch, target: int) -> None:
        """Commit the last batch: nothing up to the target is left.

        The target is committed also where no change is: otherwise the server would keep its log, and read it
        again with each look, for as long as only other tables change.
        """
        if not self.landed.is_simulated:
            self._at = self.landed_at
        self._commit(batch, max(target, self._end))
        self.landed = self.days.commit_empty(self.landed, self.until)


def _of(key: tuple[str, ...], columns: tuple[str, ...], values: Any) -> dict[str, Any]:
    """The key's values in a row; nothing if there is no row."""
    return {name: values[columns.index(name)] for name in key} if values else {}


@cache
def _missing(table: Table, columns: tuple[str, ...]) -> str:
    """The contract's columns that a relation lacks."""
    return ", ".join(sorted({column.name for column in own_columns(table)} - set(columns)))
