"""Lands days by the change stream: everything up to the last of them, in the order of the commits."""

from collections.abc import Sequence
from datetime import date, datetime

from shopflow_assets.errors import ShopFlowError, StoreError
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays
from shopflow_assets.sources.database.landed.outcome import Outcome, check_mode, why_not_landed
from shopflow_assets.sources.database.landed.position import lsn
from shopflow_assets.sources.database.server.connection import connect
from shopflow_assets.sources.database.server.source_state import Tables
from shopflow_assets.sources.database.stream.counting import count_source
from shopflow_assets.sources.database.stream.publication import state_of_stream
from shopflow_assets.sources.database.stream.slot import SlotState, flushed
from shopflow_assets.sources.database.stream.snapshot import begin_stream
from shopflow_assets.sources.database.stream.stream_landing import StreamLanding
from shopflow_assets.sources.database.stream.stream_state import stream_state
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
    try:
        newest = landed.newest()
        known = {day: landed.day(day) for day in days}
    except StoreError as error:
        outcome.problems = dict.fromkeys(days, problem or str(error))
        return outcome
    for day in days:
        is_over = newest is not None and day < newest.partition_date
        if problem and not (is_over and known[day]):
            outcome.problems[day] = problem
        elif newest is not None and known[day] is None:
            begins = newest.partition_date
            outcome.problems[day] = why_not_landed(day, begins, is_simulated=newest.is_simulated)
    return outcome


def _advance(tables: Tables, landed: DatabaseDays, last: date, landed_at: datetime) -> Verdict:
    newest = landed.newest()
    if newest is not None and last < newest.partition_date:
        return Verdict(True, "the day is behind what is landed: the source was not read")
    check_mode(newest, "stream")
    with connect() as sql:
        if newest is None:
            newest = begin_stream(sql, landed, tables, state_of_stream(sql, tables), landed_at)
        state = stream_state(sql, tables, newest)
        update = {"columns": state.source.columns, "numbers": state.source.numbers}
        newest = newest.model_copy(update=update)
        # Only a day that has begun can be opened: the day of a stream never steps back.
        now = state.source.clock or landed_at
        until = min(last, now.date())
        uncounted = count_source(newest, tables, now)
        # Up to a position after the count, so that all that is counted is landed.
        StreamLanding(sql, landed, newest, tables, until, landed_at).land(flushed(sql))
    return _lag(newest, state.slot, landed_at, uncounted)


def _lag(landed: DatabaseDay, state: SlotState, landed_at: datetime, uncounted: str) -> Verdict:
    """How far the landing was behind when it began, and why the source was not counted."""
    behind = max(0, state.flushed - lsn(landed.through))
    metadata: dict[str, float] = {"lag_bytes": behind, "bytes_kept": state.bytes_kept}
    text = f"when it began, the landing was {behind:,} bytes of log"
    if not landed.is_simulated:
        metadata["lag_minutes"] = round((landed_at - landed.through_at).total_seconds() / 60, 1)
        text += f" and {metadata['lag_minutes']} minutes"
    text += " behind"
    if uncounted:
        text += "; the rows of the source could not be counted (the next landing tries again), so gold is not"
        text += " compared with them yet"
        text += f" ({uncounted})"
    if state.bytes_left is None:
        return Verdict(True, text, metadata)
    metadata["bytes_until_the_slot_is_lost"] = state.bytes_left
    text += f"; the server keeps {state.bytes_kept:,} for the slot, which is lost after"
    text += f" {state.bytes_left:,} more"
    return Verdict(state.bytes_left > state.bytes_kept, text, metadata, is_warning=True)
