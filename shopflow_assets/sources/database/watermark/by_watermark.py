"""Lands days by watermark: the rows whose `updated_at` is in the day, as they are when it is read.

It needs no more than the right to select. It does not see rows that were deleted, changes that left
`updated_at` as it was, nor any but the last of several changes between two reads.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from shopflow_assets.errors import ShopFlowError, StoreError
from shopflow_assets.settings import settings
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays
from shopflow_assets.sources.database.landed.outcome import Outcome, check_mode, why_not_landed
from shopflow_assets.sources.database.landed.own_slots import how_to_drop, is_own
from shopflow_assets.sources.database.server.connection import cluster, connect
from shopflow_assets.sources.database.server.source_state import Tables, state_of_tables
from shopflow_assets.sources.database.watermark.unread import state_of_windows
from shopflow_assets.sources.database.watermark.window_landing import WindowLanding
from shopflow_assets.verdict import Verdict

if TYPE_CHECKING:
    import psycopg

_SLOTS = "select count(*) from pg_replication_slots where slot_name = %s and database = current_database()"


def land_by_watermark(
    tables: Tables, landed: DatabaseDays, days: Sequence[date], landed_at: datetime
) -> Outcome:
    """Land each day by itself. The days of an epoch may be landed in any order, and as often as one likes."""
    outcome, to_land = Outcome(), list(days)
    try:
        newest = landed.newest()
        check_mode(newest, "watermark")
        epoch, begins = (newest.epoch, newest.epoch_begins) if newest else (1, settings().start_date)
        with connect() as sql:
            source = state_of_windows(sql, tables, newest)
            outcome.lag = _kept_log(sql, landed)
            landing = WindowLanding(sql, landed, tables, source, epoch, begins, landed_at)
            for day in days:
                if begins <= day <= landing.at.date():
                    landing.land(day)
                elif landed.day(day) is None:
                    is_simulated = source.clock is not None
                    outcome.problems[day] = why_not_landed(day, begins, is_simulated=is_simulated)
                to_land.remove(day)
    except ShopFlowError as error:
        outcome.problems |= dict.fromkeys(to_land, str(error))
    outcome.unseen = _unseen(landed, days)
    return outcome


def begin_windows(
    sql: "psycopg.Connection[Any]", tables: Tables, landed: DatabaseDays, landed_at: datetime
) -> DatabaseDay:
    """Land all present rows in a new epoch; windows go on from there.

    Raises:
        SourceError: the source cannot be read.
        StoreError: another landing was faster, or MinIO refused.
    """
    source = state_of_tables(sql, tables)
    day, epoch = landed.next_epoch(source.clock or landed_at)
    return WindowLanding(sql, landed, tables, source, epoch, day, landed_at).begin()


def _kept_log(sql: "psycopg.Connection[Any]", landed: DatabaseDays) -> Verdict:
    """Whether the server keeps its log for a slot that nobody reads since the mode was changed."""
    [(slots,)] = sql.execute(_SLOTS, [settings().oltp_slot]).fetchall()
    if not slots or not is_own(landed, cluster(sql)):
        return Verdict(True, "windows need no slot, and none is left of the change stream")
    text = (
        f"the replication slot {settings().oltp_slot} is left of the change stream, so the server keeps its"
    )
    return Verdict(False, f"{text} log: {how_to_drop()} drops it", is_warning=True)


def _unseen(landed: DatabaseDays, days: Sequence[date]) -> Verdict:
    """Which rows no landing sees."""
    try:
        known = [of_day for day in days if (of_day := landed.day(day))]
        newest = max(known, key=lambda of_day: of_day.partition_date, default=None)
        first = settings().start_date
        if newest is not None and newest.epoch == 1 and landed.day(first) is None:
            text = f"rows that were last changed before {first} come with that day, which is not landed"
            return Verdict(False, f"{text}: run it", is_warning=True)
    except StoreError as error:
        return Verdict(False, str(error), is_warning=True)
    counts = newest.extraction.without_time if newest and newest.extraction else {}
    if not counts:
        return Verdict(True, "every row has its `updated_at`")
    listed = ", ".join(f"{table} {rows:,}" for table, rows in counts.items())
    text = f"rows without a time of their last change: {listed}. No change of them is seen"
    return Verdict(False, text, {**counts}, is_warning=True)
