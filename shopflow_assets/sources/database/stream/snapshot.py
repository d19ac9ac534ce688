"""Lands the present rows of all tables: the start of a stream, or of a new epoch after a gap.

The slot exports the snapshot that the rows are read in, so they are exactly the state before the first change
that the slot will show. Each table begins with a truncate, so that rows that were deleted meanwhile end.
"""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from shopflow_assets.settings import settings
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays
from shopflow_assets.sources.database.landed.lines import Batch
from shopflow_assets.sources.database.landed.position import instant_text, lsn, lsn_text, position
from shopflow_assets.sources.database.landed.put import put_lines
from shopflow_assets.sources.database.server.connection import cluster, connect
from shopflow_assets.sources.database.server.source_state import SourceState, Tables
from shopflow_assets.sources.database.stream import slot

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

    A slot without a manifest is left of a snapshot that was killed: nothing was committed, so it is dropped.
    """
    from psycopg import sql as statements

    before = days.newest()
    slot.drop(sql)
    with connect(replicates=True) as walsender:
        # The exported snapshot lives for as long as this connection does nothing else.
        create = statements.SQL("CREATE_REPLICATION_SLOT {} LOGICAL pgoutput (SNAPSHOT 'export')")
        [created] = walsender.execute(create.format(statements.Identifier(settings().oltp_slot))).fetchall()
        _, point, exported, _ = created
        at = source.clock or landed_at
        # Like every day of the stream, it is not before the one that was landed last.
        day = max(at.date(), settings().start_date, before.partition_date if before else date.min)
        same_day = days.day(day)
        landed = DatabaseDay(
            domain=days.domain,
            partition_date=max(
                at.date(), settings().start_date, before.partition_date if before else date.min
            ),
            mode="stream",
            epoch=before.epoch + 1 if before else 1,
            cluster=cluster(sql),
            through=lsn_text(lsn(point)),
            through_at=at,
            is_simulated=source.clock is not None,
            published=source.membership,
            unknown=source.unknown,
            files=same_day.files if same_day else {},
        )
        with TemporaryDirectory() as folder, connect(autocommit=False) as reader:
            reader.execute("set transaction isolation level repeatable read, read only")
            reader.execute(statements.SQL("set transaction snapshot {}").format(statements.Literal(exported)))
            batch = Batch(Path(folder), tables.by_name)
            for name in tables.by_name:
                lines, at = batch.of(name), instant_text(landed.through_at)
                lines.write(position(landed.epoch, lsn(point)), "t", at)
                columns = source.columns[name]
                for ordinal, row in enumerate(_rows(reader, tables.schema, name, columns), 1):
                    place = position(landed.epoch, lsn(point), ordinal)
                    lines.write(place, "r", at, columns=columns, values=row)
            landed = put_lines(days.lake, landed, batch, landed_at)
        days.commit(landed)
    return landed


def _rows(
    reader: "psycopg.Connection[Any]", schema: str, table: str, columns: tuple[str, ...]
) -> Iterator[tuple[str | None, ...]]:
    """All rows of a table, as texts."""
    from psycopg import sql as statements

    query = statements.SQL("copy (select {} from {}) to stdout").format(
        statements.SQL(", ").join(map(statements.Identifier, columns)), statements.Identifier(schema, table)
    )
    with reader.cursor().copy(query) as copy:
        yield from copy.rows()
