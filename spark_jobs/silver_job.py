"""One Spark job for a run of days: reads what manifests list, judges it, replaces the days in three tables.

Order of the writes: quarantine, silver, ledger. A crash between them leaves a ledger that disagrees with
silver, which the row ledger check shows; the same run again mends it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from spark_jobs.bronze_reader import read_records
from spark_jobs.contracts.contract import SilverContract, names, source_columns, table_rules
from spark_jobs.contracts.quality import Quarantine, RowLedger
from spark_jobs.contracts.rules import Limits
from spark_jobs.delta_tables import create_frame, newest_version, replace_days
from spark_jobs.judgement import find_suspects, group_findings, judge_rows, with_findings, without_findings
from spark_jobs.manifest import Manifest
from spark_jobs.reading_check import misread_days, reading_sums
from spark_jobs.tallies import Tally, tallies, verdict_sums


@dataclass(frozen=True)
class SilverTable:
    """A silver table: its contract and the pure function that makes its rows from parsed records."""

    contract: type[SilverContract]
    transform: Callable[[DataFrame], DataFrame]


@dataclass(frozen=True)
class SilverResult:
    """What a run made: one ledger row per day that was written, and why the other days were not."""

    ledger: dict[date, dict[str, Any]]
    problems: dict[date, str]


def make_silver(
    spark: SparkSession, table: SilverTable, manifests: Mapping[date, Manifest], limits: Limits
) -> SilverResult:
    """Make silver and quarantine of these days from bronze, and write down where every record went.

    A day that Spark reads otherwise than the manifest counts is left as it was and named in `problems`.
    """
    columns = names(source_columns(table.contract))
    records = read_records(spark, manifests.values(), columns)
    # The later passes start from the rows made here. Were they cached only, each pass would carry the plan of
    # all rules through analysis and compilation again, which costs more than a day's rows do. In memory the
    # rows of a large day crowd out everything else, and the garbage collector takes a fifth of the time.
    judged = judge_rows(records, table.contract, limits).localCheckpoint(storageLevel=StorageLevel.DISK_ONLY)
    sums = [*reading_sums(columns), *verdict_sums(table.contract)]
    files = judged.groupBy("source_file", "partition_date").agg(*sums).collect()
    problems = misread_days([row.asDict() for row in files], manifests.values(), columns)
    days = {day: manifest for day, manifest in manifests.items() if day not in problems}
    # Only where it must: Spark compiles a plan anew for every date that is written into it.
    rows = judged.where(_on(days)) if problems else judged
    ledger = _write(spark, table, rows, files, days) if days else {}
    return SilverResult(ledger, problems)


def _write(
    spark: SparkSession,
    table: SilverTable,
    judged: DataFrame,
    files: Iterable[Row],
    days: Mapping[date, Manifest],
) -> dict[date, dict[str, Any]]:
    contract, rules = table.contract, table_rules(table.contract)
    suspects = find_suspects(judged, contract).localCheckpoint(storageLevel=StorageLevel.DISK_ONLY)
    findings = group_findings(suspects, contract).localCheckpoint()
    went = tallies(files, findings)
    refused = with_findings(suspects, findings).where(F.size("reasons") > 0)
    accepted = without_findings(judged, findings, contract)
    mine = f"domain = '{rules.domain}' and table_name = '{rules.table}'"
    replace_days(quarantined(refused, contract), Quarantine, days, mine)
    replace_days(table.transform(accepted), contract, days)
    version = newest_version(spark, contract)
    ledger = {day: _ledger_row(table, day, days[day], went, version) for day in days}
    replace_days(create_frame(spark, RowLedger, list(ledger.values())), RowLedger, days, mine)
    return ledger


def quarantined(refused: DataFrame, contract: type[SilverContract]) -> DataFrame:
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


def _ledger_row(
    table: SilverTable,
    day: date,
    manifest: Manifest,
    went: Mapping[tuple[str, date], Tally],
    version: int,
) -> dict[str, Any]:
    rules = table_rules(table.contract)
    row: dict[str, Any] = {"domain": rules.domain, "table_name": rules.table, "partition_date": day}
    row |= {"bronze_rows": manifest.records, "bronze_amount": manifest.amount, "superseded_rows": 0}
    for part in ("silver", "duplicate", "quarantined"):
        tally = went.get((part, day), Tally())
        row |= {f"{part}_rows": tally.rows, f"{part}_amount": tally.amount if rules.amount else None}
    return row | {"manifest_sha256": manifest.sha256, "silver_version": version}


def _on(days: Mapping[date, Manifest]) -> Column:
    return F.col("partition_date").isin(sorted(days))
