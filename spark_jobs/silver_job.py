"""One Spark job for some days of a domain: reads what manifests list, judges it, replaces the days.

Order of the writes: quarantine, silver, ledger. Quarantine and ledger are written once for all tables, the
silver tables at the same time: N + 2 commits. After a crash between them the ledger disagrees with silver.
The row ledger check shows that, and the same run again repairs it.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Any, TypeVar

from pyspark.sql import DataFrame, SparkSession

from spark_jobs.contracts.quality import QUARANTINE, ROW_LEDGER
from spark_jobs.contracts.rules import Limits
from spark_jobs.delta_tables import create_frame, in_days, in_units, newest_version, replace_where
from spark_jobs.judging.judged_days import JudgedDays, Manifests, judge_days
from spark_jobs.judging.quality_rows import ledger_row, quarantine_rows
from spark_jobs.manifest import Manifest
from spark_jobs.silver_table import SilverTable

# How many tables are read, judged or written at a time. Small ones mostly wait for the driver.
AT_ONCE = 4
LedgerRows = dict[date, dict[str, Any]]
InputHash = Callable[[SilverTable, Manifest], str]
Outcome = TypeVar("Outcome")
log = logging.getLogger(__name__)


@dataclass
class SilverResult:
    """What a run made of a table: a ledger row per day that was written, and why other days were not."""

    ledger: LedgerRows = field(default_factory=dict)
    problems: dict[date, str] = field(default_factory=dict)


def make_silver(
    spark: SparkSession,
    wanted: Mapping[SilverTable, Manifests],
    limits: Limits,
    inputs: InputHash = lambda _, manifest: manifest.sha256,
) -> dict[SilverTable, SilverResult]:
    """Make silver and quarantine of some days of a domain's tables, and record where every record went.

    A day that Spark reads differently from what its manifest counts stays as it was and is named in
    `problems`. So are the days of a table that Spark fails to judge or to write. All other tables are made.

    Args:
        spark: a session on the one driver that writes Delta.
        wanted: the manifests of the days to make, by table; all tables are of one domain.
        limits: what the rules need to know.
        inputs: the hash of all that a table's day is made from, for the ledger to keep.

    Raises:
        Exception: What Spark raises when all tables fail, or when quarantine or ledger cannot be written.
            The ledger then has no row of this call, and the same call again repairs what is half done.
    """
    to_judge = {table: manifests for table, manifests in wanted.items() if manifests}
    with ThreadPoolExecutor(AT_ONCE) as threads:
        judged, judge_errors = _for_each(
            threads, to_judge, lambda table: judge_days(spark, table, to_judge[table], limits)
        )
        to_write = {table: days for table, days in judged.items() if days.manifests}
        _write_quarantine(spark, to_write)
        versions, write_errors = _for_each(
            threads, to_write, lambda table: _write_silver(spark, to_write[table])
        )
    problems = {table: dict(days.problems) for table, days in judged.items()}
    for table, error in (judge_errors | write_errors).items():
        log.error("%s: Spark failed", table.name, exc_info=error)
        problems.setdefault(table, {}).update(dict.fromkeys(to_judge[table], _spark_failed(error)))
    ledger = {table: _ledger_rows(to_write[table], version, inputs) for table, version in versions.items()}
    _write_ledger(spark, ledger)
    return {table: SilverResult(ledger.get(table, {}), problems.get(table, {})) for table in wanted}


def _for_each(
    threads: ThreadPoolExecutor, tables: Iterable[SilverTable], work: Callable[[SilverTable], Outcome]
) -> tuple[dict[SilverTable, Outcome], dict[SilverTable, BaseException]]:
    """What the work returned for some tables, and what it raised for others; raises only when all failed."""
    futures = {table: threads.submit(work, table) for table in tables}
    errors = {table: error for table, future in futures.items() if (error := future.exception())}
    if errors and len(errors) == len(futures):
        raise next(iter(errors.values()))
    return {table: future.result() for table, future in futures.items() if table not in errors}, errors


def _spark_failed(error: BaseException) -> str:
    return "Spark failed: " + (str(error).strip().partition("\n")[0] or repr(error))


def _write_quarantine(spark: SparkSession, judged: Mapping[SilverTable, JudgedDays]) -> None:
    if judged:
        refused = ((days.table, days.refused) for days in judged.values())
        rows = [quarantine_rows(table, records) for table, records in refused if records is not None]
        rows = reduce(DataFrame.unionByName, rows, create_frame(spark, QUARANTINE, []))
        days = {table: of_table.manifests for table, of_table in judged.items()}
        replace_where(rows, QUARANTINE, _of_these_days(days))


def _write_silver(spark: SparkSession, judged: JudgedDays) -> int:
    """Replace the days; returns the version of the table that has them."""
    table, days = judged.table, in_days(judged.manifests)
    if judged.accepted is not None:
        replace_where(table.rows(judged.accepted), table, days)
    elif not spark.table(table.in_sql).where(days).isEmpty():
        replace_where(create_frame(spark, table, []), table, days)
    return newest_version(spark, table)


def _ledger_rows(judged: JudgedDays, version: int, inputs: InputHash) -> LedgerRows:
    return {
        day: ledger_row(judged, day, version, inputs(judged.table, manifest))
        for day, manifest in judged.manifests.items()
    }


def _write_ledger(spark: SparkSession, ledger: Mapping[SilverTable, LedgerRows]) -> None:
    if ledger:
        rows = [row for by_day in ledger.values() for row in by_day.values()]
        replace_where(create_frame(spark, ROW_LEDGER, rows), ROW_LEDGER, _of_these_days(ledger))


def _of_these_days(days: Mapping[SilverTable, Iterable[date]]) -> str:
    """The rows of quarantine and ledger that belong to these days; the tables are of one domain."""
    [domain] = {table.domain for table in days}
    return in_units(domain, {table.rules.table: of_table for table, of_table in days.items()})
