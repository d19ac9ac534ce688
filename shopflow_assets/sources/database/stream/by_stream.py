"""Lands days by the change stream: everything up to the last of them, in the order of the commits."""

from collections.abc import Sequence
from datetime import date, datetime

from shopflow_assets.errors import ShopFlowError, SourceError
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays
from shopflow_assets.sources.database.landed.outcome import Outcome, check_cluster, check_mode, not_lived
from shopflow_assets.sources.database.landed.position import lsn
from shopflow_assets.sources.database.server.connection import cluster, connect
from shopflow_assets.sources.database.server.source_state import SourceState, Tables
from shopflow_assets.sources.database.stream import slot
from shopflow_assets.sources.database.stream.publication import state_of_stream
from shopflow_assets.sources.database.stream.snapshot import begin_stream
from shopflow_assets.sources.database.stream.stream_landing import StreamLanding
from shopflow_assets.verdict import Verdict


def land_by_stream(
    tables: Tables, landed: DatabaseDays, days: Sequence[date], landed_at: datetime
) -> Outcome:
    """Land all transactions up to the end of the last day; the days before it are landed on the way."""
    outcome, problem = Outcome(), ""
    try:
        outcome.lag = _advance(tables, landed, max(days), landed_at)
    except ShopFlowError as error:
        problem = str(error)
    newest = landed.newest()
    for day in days:
        is_over = newest is not None and day < newest.partition_date
        if problem and not (is_over and landed.day(day)):
            outcome.problems[day] = problem
        elif landed.day(day) is None:
            outcome.problems[day] = (
                f"the shop is landed from a later day on, so {day} has nothing" if is_over else not_lived(day)
            )
    return outcome


def _advance(tables: Tables, landed: DatabaseDays, until: date, landed_at: datetime) -> Verdict:
    newest = landed.newest()
    if newest is not None and until < newest.partition_date:
        return Verdict(True, "the day is behind what is landed: the source was not read")
    check_mode(newest, "stream")
    with connect() as sql:
        check_cluster(newest, cluster(sql))
        source = state_of_stream(sql, tables)
        newest = newest or begin_stream(sql, landed, tables, source, landed_at)
        state = slot.usable_slot(sql, newest)
        newest = _with_schema(newest, source)
        StreamLanding(sql, landed, newest, tables, until, landed_at).land(state)
    return _lag(newest, state, landed_at)


def _with_schema(landed: DatabaseDay, source: SourceState) -> DatabaseDay:
    """What is landed next is landed with the present schema.

    Raises:
        SourceError: a table has left the publication meanwhile, or is new in it.
    """
    for name, membership in source.membership.items():
        if landed.published.get(name) != membership:
            has_left = name in landed.published
            why = "left the publication and joined it again" if has_left else "is new in the publication"
            raise SourceError(f"{name} {why}, so changes or rows of it are missing: {slot.AGAIN}.")
    return landed.model_copy(update={"unknown": source.unknown})


def _lag(landed: DatabaseDay, state: slot.SlotState, landed_at: datetime) -> Verdict:
    """How far the landing was behind when it began."""
    kept = max(0, state.flushed - lsn(landed.through))
    metadata: dict[str, float] = {"lag_bytes": kept}
    text = f"the log had {kept:,} bytes after what was landed"
    if not landed.is_simulated:
        metadata["lag_minutes"] = round((landed_at - landed.through_at).total_seconds() / 60, 1)
        text += f" {metadata['lag_minutes']} minutes before"
    if state.bytes_left is None:
        return Verdict(True, text, metadata)
    metadata["bytes_until_the_slot_is_lost"] = state.bytes_left
    text += f"; the slot is lost after {state.bytes_left:,} more"
    return Verdict(state.bytes_left > kept, text, metadata, is_warning=True)
