"""Which changes no window has read yet, found without landing them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from shopflow_assets.sources.database.landed.landed_day import DatabaseDay
from shopflow_assets.sources.database.landed.outcome import check_cluster, check_columns
from shopflow_assets.sources.database.server.connection import cluster
from shopflow_assets.sources.database.server.source_state import SourceState, Tables, state_of_tables
from shopflow_assets.sources.database.watermark.window import recent_changes

if TYPE_CHECKING:
    import psycopg


def state_of_windows(
    sql: "psycopg.Connection[Any]", tables: Tables, newest: DatabaseDay | None
) -> SourceState:
    """What a role may read of the tables, if it goes on from the newest landed day.

    Raises:
        SourceError: something cannot be read, or is another than it was.
    """
    check_cluster(newest, cluster(sql))
    source = state_of_tables(sql, tables)
    check_columns(newest, tables.schema, source)
    return source


def unread_tables(
    sql: "psycopg.Connection[Any]", tables: Tables, newest: DatabaseDay
) -> Mapping[date, set[str]]:
    """The tables with other newest rows than the last read saw, by day: from the newest landed day until now.

    Raises:
        SourceError: a landing would refuse the source; says why and what to do.
    """
    now = (state_of_windows(sql, tables, newest).clock or datetime.now(UTC)).date()
    seen = newest.extraction.recent if newest.extraction else {}
    unread: dict[date, set[str]] = defaultdict(set)
    for name in tables.by_name:
        if recent_changes(sql, tables.schema, name, newest.through_at) != seen.get(name):
            for day in {newest.partition_date, max(now, newest.partition_date)}:
                unread[day].add(name)
    return unread
