"""Lands days by watermark: the rows whose `updated_at` is in the day, as they are when it is read.

It needs no more than the right to select. It does not see rows that were deleted, changes that left
`updated_at` as it was, nor any but the last of several changes between two reads.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from shopflow_assets.errors import ShopFlowError
from shopflow_assets.settings import settings
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays
from shopflow_assets.sources.database.landed.outcome import Outcome, check_cluster, check_mode, not_lived
from shopflow_assets.sources.database.server.connection import cluster, connect
from shopflow_assets.sources.database.server.source_state import SourceState, Tables, state_of_tables
from shopflow_assets.sources.database.watermark.extraction import extract
from shopflow_assets.sources.database.watermark.window import Window
from shopflow_assets.verdict import Verdict
from spark_jobs.manifest import Claim, LandedFile

if TYPE_CHECKING:
    import psycopg

# A transaction that was still open when its day was read is found by the next day's window, unless it was
# open for longer than this.
OVERLAP = timedelta(hours=2)


def land_by_watermark(
    tables: Tables, landed: DatabaseDays, days: Sequence[date], landed_at: datetime
) -> Outcome:
    """Land each day by itself. A day may be landed in any order, and as often as one likes."""
    outcome, to_land = Outcome(), list(days)
    try:
        newest = landed.newest()
        check_mode(newest, "watermark")
        with connect() as sql:
            check_cluster(newest, cluster(sql))
            source = state_of_tables(sql, tables)
            for day in days:
                if day > (source.clock or landed_at).date():
                    outcome.problems[day] = not_lived(day)
                else:
                    _land_day(sql, tables, landed, source, newest, day, landed_at)
                to_land.remove(day)
    except ShopFlowError as error:
        outcome.problems |= dict.fromkeys(to_land, str(error))
    outcome.lag = _without_time([of_day for day in days if (of_day := landed.day(day))])
    return outcome


def begin_windows(
    sql: "psycopg.Connection[Any]",
    tables: Tables,
    landed: DatabaseDays,
    landed_at: datetime,
) -> DatabaseDay:
    """Land all present rows in a new epoch; windows go on from there."""
    source, newest = state_of_tables(sql, tables), landed.newest()
    day = max((source.clock or landed_at).date(), settings().start_date)
    base = _base(landed, newest, cluster(sql), source, day, epoch=newest.epoch + 1 if newest else 1)
    return extract(sql, tables, landed, source, base, Window(None, None), landed_at, begins_epoch=True)


def _land_day(
    sql: "psycopg.Connection[Any]",
    tables: Tables,
    landed: DatabaseDays,
    source: SourceState,
    newest: DatabaseDay | None,
    day: date,
    landed_at: datetime,
) -> None:
    base = _base(landed, newest, cluster(sql), source, day, epoch=newest.epoch if newest else 1)
    midnight = datetime.combine(day, time(), UTC)
    # The first partition takes all that was there before it, once. A later epoch began with all rows.
    takes_all = day == settings().start_date and base.epoch == 1 and base.extraction is None
    window = Window(None if takes_all else midnight - OVERLAP, midnight + timedelta(days=1))
    extract(sql, tables, landed, source, base, window, landed_at)


def _base(
    landed: DatabaseDays,
    newest: DatabaseDay | None,
    cluster: str,
    source: SourceState,
    day: date,
    *,
    epoch: int,
) -> DatabaseDay:
    """The day as it is landed so far, with the present state of the source."""
    of_day, at = landed.day(day), source.clock or datetime.now(UTC)
    files = of_day.files if of_day else {}
    claims = {name: _of_files(of_table) for name, of_table in files.items()}
    return DatabaseDay(
        domain=landed.domain,
        partition_date=day,
        mode="watermark",
        epoch=epoch,
        cluster=cluster,
        through=at.isoformat(),
        through_at=at,
        is_simulated=source.clock is not None,
        unknown=source.unknown,
        files=files,
        extraction=of_day.extraction if of_day else None,
        claims={**claims, **(of_day.claims if of_day else {})},
    )


def _of_files(files: Sequence[LandedFile]) -> Claim:
    """What the day held before it was read by watermark; the source did not count that."""
    amounts = [file.amount for file in files if file.amount is not None]
    return Claim(rows=sum(file.records for file in files), amount=sum(amounts) if amounts else None)


def _without_time(days: Sequence[DatabaseDay]) -> Verdict:
    newest = max(days, key=lambda of_day: of_day.partition_date, default=None)
    counts = newest.extraction.without_time if newest and newest.extraction else {}
    if not counts:
        return Verdict(True, "every row has its `updated_at`")
    listed = ", ".join(f"{table} {rows:,}" for table, rows in counts.items())
    text = f"rows without a time of their last change: {listed}. They came with the first partition, and no"
    return Verdict(False, f"{text} later change of them will be seen", {**counts}, is_warning=True)
