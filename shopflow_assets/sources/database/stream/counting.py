"""Counts the source's rows once a day, in a snapshot whose position in the log is known.

A temporary slot exports the snapshot, as for the first copy of a table in logical replication: it shows all
transactions that were committed before the slot's beginning, and no other.
"""

from datetime import datetime

from shopflow_assets.errors import ShopFlowError
from shopflow_assets.settings import settings
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay
from shopflow_assets.sources.database.landed.source_counts import SourceCount, SourceCounts
from shopflow_assets.sources.database.server.connection import connect, reader_of
from shopflow_assets.sources.database.server.counted_rows import count_rows
from shopflow_assets.sources.database.server.source_state import Tables
from shopflow_assets.sources.database.stream.new_slot import create_slot

# How long to wait for each open transaction. After that, the next landing tries again.
SECONDS_TO_WAIT: float = 5


def count_source(landed: DatabaseDay, tables: Tables, at: datetime) -> str:
    """Count the rows of all tables, once a day. Returns why that failed, or ''.

    A failed count does not stop the landing.
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
        name = f"{settings().oltp_slot}_count"
        point, exported = create_slot(walsender, name, SECONDS_TO_WAIT, is_temporary=True)
        with reader_of(exported) as reader:
            rows = {name: count_rows(reader, tables.schema, table) for name, table in tables.by_name.items()}
    return SourceCount(epoch=landed.epoch, log_position=point, counted_at=at, tables=rows)
