"""One Spark job for a run of days of a domain: reads what manifests list, judges it, replaces the days.

Order of the writes: quarantine, silver, ledger. Quarantine and ledger are written once for all tables, the
silver tables side by side: N + 2 commits. A crash between them leaves a ledger that disagrees with silver,
which the row ledger check shows; the same run again mends it.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Any, TypeVar

from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from spark_jobs.bronze_reader import read_records
from spark_jobs.contracts.contract import Contract, SilverContract, names, source_columns, table_rules
from spark_jobs.contracts.quality import Quarantine, RowLedger
from spark_jobs.contracts.rules import Limits
from spark_jobs.delta_tables import create_frame, in_days, in_units, newest_version, replace_where
from spark_jobs.judgement import find_suspects, group_findings, judge_rows, with_findings, without_findings
from spark_jobs.manifest import Manifest
from spark_jobs.reading_check import misread_days, reading_sums
from spark_jobs.silver_table import SilverTable
from spark_jobs.tallies import Tally, tallies, verdict_sums

# Most tables that are read, judged or written at a time. Small ones wait for the driver more than they work.
AT_ONCE = 4
Manifests = Mapping[date, Manifest]
Made = TypeVar("Made")
log = logging.getLogger(__name__)


@dataclass
class SilverResult:
    """What a run made of a table: a ledger row per day that was written, and why other days were not."""

    ledger: dict[date, dict[str, Any]] = field(default_factory=dict)
    problems: dict[date, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """The days of a table that Spark read as their manifests count, judged but not written yet."""

    table: SilverTable
    manifests: Manifests
    refused: DataFrame
    accepted: DataFrame
    went: Mapping[tuple[str, date], Tally]
    problems: Mapping[date, str]


def make_silver(
    spark: SparkSession,
    wanted: Mapping[SilverTable, Manifests],
    limits: Limits,
    inputs: Callable[[SilverTable, Manifest], str] = lambda _, manifest: manifest.sha256,
) -> dict[type[SilverContract], SilverResult]:
    """Make silver and quarantine of some days of a domain's tables, and write down where every record went.

    A day that Spark reads otherwise than its manifest counts is left as it was and named in `problems`, and
    so are the days of a table that Spark fails to judge or to write. The other tables are made all the same.

    Args:
        spark: a session on the one driver that writes Delta.
        wanted: the manifests of the days to make, by table; all tables are of one domain.
        limits: what the rules need to know.
        inputs: the hash of all that a table's day is made from, for the ledger to keep.

    Raises:
        Exception: What Spark raises when all tables fail, or a write of quarantine or ledger. The ledger has
            no row of this call then, and the same call mends what is half done.
    """
    some = {table: days for table, days in wanted.items() if days}
    results = {table.contract: SilverResult() for table in wanted}
    with ThreadPoolExecutor(AT_ONCE) as threads:
        judged, failed = _each(threads, some, lambda table: _judge(spark, table, some[table], limits))
        for table, found in judged.items():
            results[table.contract].problems.update(found.problems)
        to_write = {table: found for table, found in judged.items() if found.manifests}
        if to_write:
            refused = (_quarantined(found.refused, table.contract) for table, found in to_write.items())
            replace_where(reduce(DataFrame.unionByName, refused), Quarantine, _units(to_write))
        versions, unwritten = _each(threads, to_write, lambda table: _write(spark, to_write[table]))
    for table, error in (failed | unwritten).items():
        log.error("%s: Spark failed", table.rules.table, exc_info=error)
        why = "Spark failed: " + (str(error).strip().partition("\n")[0] or repr(error))
        results[table.contract].problems.update(dict.fromkeys(some[table], why))
    for table, version in versions.items():
        found = to_write[table]
        results[table.contract].ledger = {
            day: _ledger_row(found, day, version, inputs(table, found.manifests[day]))
            for day in found.manifests
        }
    if versions:
        ledger = [row for result in results.values() for row in result.ledger.values()]
        written = {table: to_write[table] for table in versions}
        replace_where(create_frame(spark, RowLedger, ledger), RowLedger, _units(written))
    return results


def _each(
    threads: ThreadPoolExecutor, tables: Iterable[SilverTable], work: Callable[[SilverTable], Made]
) -> tuple[dict[SilverTable, Made], dict[SilverTable, BaseException]]:
    """What the work gave for each table, and what it raised for others; raises itself when all failed."""
    tried = {table: threads.submit(work, table) for table in tables}
    failed = {table: error for table, future in tried.items() if (error := future.exception())}
    if failed and len(failed) == len(tried):
        raise next(iter(failed.values()))
    return {table: future.result() for table, future in tried.items() if table not in failed}, failed


def _units(judged: Mapping[SilverTable, Judged]) -> str:
    """The rows of quarantine and ledger that belong to the days of these tables, which are of one domain."""
    domains = {table.rules.domain for table in judged}
    return in_units(domains.pop(), {table.rules.table: found.manifests for table, found in judged.items()})


def _judge(spark: SparkSession, table: SilverTable, manifests: Manifests, limits: Limits) -> Judged:
    contract = table.contract
    columns = names(source_columns(contract))
    records = read_records(spark, manifests.values(), columns)
    # The later passes start from the rows made here. Were they cached only, each pass would carry the plan of
    # all rules through analysis and compilation again, which costs more than a day's rows do. In memory the
    # rows of a large day crowd out everything else, and the garbage collector takes a fifth of the time.
    judged = judge_rows(records, contract, limits).localCheckpoint(storageLevel=StorageLevel.DISK_ONLY)
    sums = [*reading_sums(columns), *verdict_sums(contract)]
    files: Iterable[Row] = judged.groupBy("source_file", "partition_date").agg(*sums).collect()
    problems = misread_days([row.asDict() for row in files], manifests.values(), columns)
    good = {day: manifest for day, manifest in manifests.items() if day not in problems}
    # Only where it must: Spark compiles a plan anew for every date that is written into it.
    rows = judged.where(_on(good)) if problems else judged
    suspects = find_suspects(rows, contract).localCheckpoint(storageLevel=StorageLevel.DISK_ONLY)
    findings = group_findings(suspects, contract).localCheckpoint()
    return Judged(
        table=table,
        manifests=good,
        refused=with_findings(suspects, findings).where(F.size("reasons") > 0),
        accepted=without_findings(rows, findings, contract),
        went=tallies(files, findings),
        problems=problems,
    )


def _write(spark: SparkSession, judged: Judged) -> int:
    contract: type[Contract] = judged.table.contract
    replace_where(judged.table.rows(judged.accepted), contract, in_days(judged.manifests))
    return newest_version(spark, contract)


def _quarantined(refused: DataFrame, contract: type[SilverContract]) -> DataFrame:
    """Refused records as rows of the quarantine table, the texts as they were received."""
    rules = table_rules(contract)
    return refused.select(
        F.lit(rules.domain).alias("domain"),
        F.lit(rules.table).alias("table_name"),
        "partition_date",
        F.coalesce("record", F.to_json("received")).alias("record"),
        "reasons",
        "source_file",
        "ingested_at",
    )


def _ledger_row(judged: Judged, day: date, version: int, input_sha256: str) -> dict[str, Any]:
    rules, manifest = judged.table.rules, judged.manifests[day]
    row: dict[str, Any] = {"domain": rules.domain, "table_name": rules.table, "partition_date": day}
    row |= {"bronze_rows": manifest.records, "bronze_amount": manifest.amount}
    for part in ("silver", "duplicate", "superseded", "quarantined"):
        tally = judged.went.get((part, day), Tally())
        row |= {f"{part}_rows": tally.rows, f"{part}_amount": tally.amount if rules.amount else None}
    return row | {
        "manifest_sha256": manifest.sha256,
        "silver_version": version,
        "input_sha256": input_sha256,
    }


def _on(days: Manifests) -> Column:
    return F.col("partition_date").isin(sorted(days))
