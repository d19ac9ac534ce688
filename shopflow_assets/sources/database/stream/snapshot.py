"""Lands the present rows of all tables: the start of a stream, or of a new epoch after a gap.

The slot exports the snapshot that the rows are read in, so they are exactly the state before the first change
that the slot will show. Each table begins with a truncate, so that rows that were deleted meanwhile end.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from shopflow_assets.settings import settings
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays
from shopflow_assets.sources.database.landed.lines import Batch
from shopflow_assets.sources.database.landed.position import instant_text, lsn, lsn_text, position
from shopflow_assets.sources.database.landed.put import put_changes
from shopflow_assets.sources.database.server.connection import cluster, connect, copied_rows, reader_of
from shopflow_assets.sources.database.server.source_state import SourceState, Tables
from shopflow_assets.sources.database.stream import new_slot
from shopflow_assets.sources.scratch import scratch_folder

if TYPE_CHECKING:
    import psycopg


def begin_stream(
    sql: "psycopg.Connection[Any]",
    days: DatabaseDays,
    tables: Tables,
    source: SourceState,
    landed_at: datetime,
) -> DatabaseDay:
    """Make a new slot, and land the rows that it begins with, in a new epoch.

    Raises:
        SourceError: the source cannot be read, there is a slot that is not ours, or transactions do not end.
        StoreError: another landing was faster, or MinIO refused.
    """
    at = source.clock or landed_at
    day, epoch = days.next_epoch(at)
    same_day = days.day(day)
    new_slot.drop_own(sql, days)
    with scratch_folder(settings().home) as folder:
        batch = Batch(folder, tables.by_name)
        # The exported snapshot lives for as long as this connection does nothing else.
        with connect(replicates=True) as walsender:
            point, exported = new_slot.make(sql, walsender, days)
            # The first change of the slot may have the very position of the point. All rows come before it.
            place = lsn(point) - 1
            _write_rows(batch, tables, source, exported, epoch, place, instant_text(at))
        landed = DatabaseDay(
            domain=days.domain,
            partition_date=day,
            mode="stream",
            epoch=epoch,
            epoch_begins=day,
            cluster=cluster(sql),
            through=lsn_text(lsn(point)),
            through_at=at,
            is_simulated=source.clock is not None,
            published=source.membership,
            columns=source.columns,
            numbers=source.numbers,
            files=same_day.files if same_day else {},
            claims=same_day.claims if same_day else {},
        )
        landed = put_changes(days.lake, landed, batch, landed_at)
    days.end_epoch(before=day)
    days.commit(landed)
    return landed


def _write_rows(
    batch: Batch, tables: Tables, source: SourceState, exported: str, epoch: int, place: int, at: str
) -> None:
    from psycopg import sql as statements

    with reader_of(exported) as reader:
        for name in tables.by_name:
            lines, columns = batch.of(name), tuple(source.columns[name])
            lines.write(position(epoch, place, 0), "t", at)
            select = statements.SQL("select {} from {}").format(
                statements.SQL(", ").join(map(statements.Identifier, columns)),
                statements.Identifier(tables.schema, name),
            )
            for ordinal, row in enumerate(copied_rows(reader, select), 1):
                lines.write(position(epoch, place, ordinal), "r", at, columns=columns, values=row)
