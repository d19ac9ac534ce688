"""Extracts one watermark window of all tables in one snapshot, and lands what is not landed yet."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays, Extraction
from shopflow_assets.sources.database.landed.lines import Batch, TableLines
from shopflow_assets.sources.database.landed.position import instant_text, position
from shopflow_assets.sources.database.landed.put import put_lines
from shopflow_assets.sources.database.server.source_schema import own_key
from shopflow_assets.sources.database.server.source_state import SourceState, Tables
from shopflow_assets.sources.database.watermark.window import (
    WATERMARK,
    Window,
    count_of_window,
    landed_versions,
    rows_of_window,
    rows_without_time,
)
from spark_jobs.manifest import Claim

if TYPE_CHECKING:
    import psycopg


def extract(
    sql: "psycopg.Connection[Any]",
    tables: Tables,
    landed: DatabaseDays,
    source: SourceState,
    base: DatabaseDay,
    window: Window,
    landed_at: datetime,
    *,
    begins_epoch: bool = False,
) -> DatabaseDay:
    """Land the window's rows beside what `base` has; returns the day as it is committed.

    The source counts the same rows in the same snapshot. What it counts, less what was landed before, is what
    silver has to hold.
    """
    before = (landed.day(base.partition_date - timedelta(days=1)), landed.day(base.partition_date))
    claims, without_time = dict(base.claims), {}
    with TemporaryDirectory() as folder, sql.transaction():
        sql.execute("set transaction isolation level repeatable read, read only")
        [(snapshot,)] = sql.execute("select pg_current_snapshot()::text").fetchall()
        batch = Batch(Path(folder), tables.by_name)
        for name, table in tables.by_name.items():
            lines = batch.of(name)
            if begins_epoch:
                lines.write(position(base.epoch, 0), "t", instant_text(base.through_at))
            known = landed_versions(landed.lake, table, before, base.epoch, window.first_place)
            rows = rows_of_window(sql, tables.schema, name, source.columns[name], window)
            again = _write(lines, base.epoch, rows, source.columns[name], known)
            counted = count_of_window(sql, tables.schema, table, window)
            claims[name] = _added(claims.get(name), counted, again, truncates=begins_epoch)
            without_time[name] = rows_without_time(sql, tables.schema, name)
        batch.lines = {name: lines for name, lines in batch.lines.items() if lines.records}
        after = put_lines(landed.lake, base, batch, landed_at)
    extraction = Extraction(
        start=window.start,
        end=window.end,
        snapshot=snapshot,
        without_time={name: rows for name, rows in without_time.items() if rows},
    )
    after = after.model_copy(update={"extraction": extraction, "claims": claims})
    landed.commit(after)
    return after


def _write(lines: TableLines, epoch: int, rows: Any, columns: tuple[str, ...], known: set[Any]) -> Claim:
    """Write the rows whose versions are not known; returns how many are, and the money in them."""
    key = [columns.index(name) for name in own_key(lines.table)]
    amount = lines.table.rules.amount
    changed_at, again, money = columns.index(WATERMARK), 0, Decimal(0)
    for place, row in rows:
        if (tuple(row[n] for n in key), place) in known:
            again += 1
            money += lines.readable(row[columns.index(amount)]) if amount else 0
        else:
            # The ordinal is needed only by versions of one key at one place, and a window has one of them.
            lines.write(position(epoch, place), "r", row[changed_at] or "", columns=columns, values=row)
    return Claim(rows=again, amount=money if amount else None)


def _added(before: Claim | None, counted: Claim, again: Claim, *, truncates: bool) -> Claim:
    rows = (before.rows if before else 0) + counted.rows - again.rows + truncates
    if counted.amount is None or again.amount is None:
        return Claim(rows=rows)
    return Claim(rows=rows, amount=((before.amount if before else None) or 0) + counted.amount - again.amount)
