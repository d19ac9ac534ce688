"""Which changes of the stream are not landed yet, found without landing them."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

from shopflow_assets.sources.database.landed.landed_day import DatabaseDay
from shopflow_assets.sources.database.landed.position import lsn
from shopflow_assets.sources.database.server.source_state import Tables
from shopflow_assets.sources.database.stream import slot
from shopflow_assets.sources.database.stream.pgoutput import Change
from shopflow_assets.sources.database.stream.stream_state import stream_state
from shopflow_assets.sources.database.stream.transactions import Transaction, transactions

if TYPE_CHECKING:
    import psycopg

MUCH_LOG = 64 << 20


def pending_tables(
    sql: "psycopg.Connection[Any]", tables: Tables, newest: DatabaseDay
) -> Mapping[date, set[str]]:
    """The tables that changed after the newest landed day's `through`, by day.

    It looks at as many changes as one look of a landing has; what follows them is not reported.

    Raises:
        SourceError: a landing would refuse the source; says why and what to do.
    """
    flushed = stream_state(sql, tables, newest).slot.flushed
    changed: dict[date, set[str]] = defaultdict(set)
    day = newest.partition_date
    with closing(slot.peek(sql, flushed)) as messages:
        for record in transactions(messages, newest):
            if isinstance(record, Transaction):
                day = max(day, record.at.date())
            elif isinstance(record, Change) and tables.has(record.relation.schema, record.relation.table):
                changed[day].add(record.relation.table)
    if not changed and flushed - lsn(newest.through) > MUCH_LOG:
        # Only other tables changed. A landing lets the server forget their log.
        changed[newest.partition_date] = set()
    return changed
