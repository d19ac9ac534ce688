"""The source of a stream before it is read: all that must be as it was, so that no change is missed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shopflow_assets.errors import SourceError
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay
from shopflow_assets.sources.database.landed.outcome import begin_again, check_cluster, check_columns
from shopflow_assets.sources.database.server.connection import cluster
from shopflow_assets.sources.database.server.source_state import SourceState, Tables
from shopflow_assets.sources.database.stream.publication import state_of_stream
from shopflow_assets.sources.database.stream.slot import SlotState, usable_slot

if TYPE_CHECKING:
    import psycopg


@dataclass(frozen=True)
class StreamState:
    """What the source sends, and the slot that has the changes after the newest landed day."""

    source: SourceState
    slot: SlotState


def stream_state(sql: "psycopg.Connection[Any]", tables: Tables, newest: DatabaseDay) -> StreamState:
    """The state of a stream that can be landed on after the newest landed day.

    Raises:
        SourceError: changes are or would be lost; says what to do.
    """
    check_cluster(newest, cluster(sql))
    source = state_of_stream(sql, tables)
    check_columns(newest, tables.schema, source)
    for name, membership in source.membership.items():
        before = newest.published.get(name)
        if before != membership:
            why = "was not landed so far, so its rows are missing"
            if before is not None:
                why = "left the publication and joined it again, or the publication was changed, so changes"
                why += " of it may be missing"
            raise SourceError(f"{tables.schema}.{name} {why}: {begin_again(newest.domain)}.")
    return StreamState(source, usable_slot(sql, newest))
