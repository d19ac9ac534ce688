"""Counts the source once a day, with a snapshot of which PostgreSQL says where the log had come to.

A temporary slot gives that snapshot, as it does for the first copy of a table in logical replication: it has
all transactions that were committed before the slot's beginning, and no other.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from shopflow_assets.errors import ShopFlowError
from shopflow_assets.settings import settings
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay
from shopflow_assets.sources.database.landed.source_counts import SourceCount, SourceCounts
from shopflow_assets.sources.database.server.connection import connect, reader_of
from shopflow_assets.sources.database.server.counted_rows import count_rows
from shopflow_assets.sources.database.server.source_state import Tables

if TYPE_CHECKING:
    import psycopg

# For transactions that were open when the slot was asked for. The next landing tries again.
SECONDS_TO_WAIT: float = 5


def count_source(landed: DatabaseDay, tables: Tables, at: datetime) -> str:
    """Count the rows of all tables, unless they were counted on this day; returns why that is not possible.

    What stands in the way of a count is no reason not to land.
    """
    counts = SourceCounts(landed.domain)
    try:
        known = counts.of(at.date())
        if known is None or known.epoch != landed.epoch:
            counts.keep(at.date(), _counted(landed, tables, at))
    except ShopFlowError as error:
        return str(error)
    return ""


def _counted(landed: DatabaseDay, tables: Tables, at: datetime) -> SourceCount:
    # The exported snapshot lives for as long as this connection does nothing else.
    with connect(replicates=True) as walsender:
        point, exported = _begin(walsender)
        with reader_of(exported) as reader:
            rows = {name: count_rows(reader, tables.schema, table) for name, table in tables.by_name.items()}
    return SourceCount(epoch=landed.epoch, log_position=point, counted_at=at, tables=rows)


def _begin(walsender: "psycopg.Connection[Any]") -> tuple[str, str]:
    """Make the slot; returns where it begins, and the name of the snapshot of what was committed before."""
    from psycopg import sql as statements

    walsender.execute(f"set lock_timeout = '{SECONDS_TO_WAIT}s'".encode())
    create = statements.SQL("CREATE_REPLICATION_SLOT {} TEMPORARY LOGICAL pgoutput (SNAPSHOT 'export')")
    name = statements.Identifier(f"{settings().oltp_slot}_count")
    [(_, point, exported, _)] = walsender.execute(create.format(name)).fetchall()
    return point, exported
