"""Reads and judges some days of one table. Writes nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from spark_jobs.contracts.rules import Limits
from spark_jobs.judging.judgement import (
    find_suspects,
    group_findings,
    judge_rows,
    values_of,
    with_findings,
    without_findings,
)
from spark_jobs.judging.tallies import Tally, sums_of_findings, tallies, verdict_sums
from spark_jobs.manifest import Manifest
from spark_jobs.reading.bronze_reader import read_records
from spark_jobs.reading.reading_check import misread_days, reading_sums
from spark_jobs.silver_table import SilverTable

Manifests = Mapping[date, Manifest]


@dataclass(frozen=True)
class JudgedDays:
    """Days of a table that are judged but not written yet.

    `manifests` has the days that Spark read as their manifests count, `problems` says what is wrong with the
    others. `refused` are records with their reasons, `accepted` the parsed values of the other records. Each
    is None where it is known that there are none: then Spark has nothing to plan and to join.
    """

    table: SilverTable
    manifests: Manifests
    refused: DataFrame | None
    accepted: DataFrame | None
    tallies: Mapping[tuple[str, date], Tally]
    problems: Mapping[date, str]


def judge_days(spark: SparkSession, table: SilverTable, manifests: Manifests, limits: Limits) -> JudgedDays:
    """Read the days' files, compare the reading with the manifests, and judge every record."""
    if not any(manifest.files for manifest in manifests.values()):
        return JudgedDays(table, manifests, refused=None, accepted=None, tallies={}, problems={})
    records = read_records(spark, manifests.values(), table)
    # The later passes start from this checkpoint. With a cache alone, Spark would analyse and compile the
    # plan of all rules again in each pass, which costs more than a day's rows do. The rows go to disk: in
    # memory those of a large day leave no room for anything else, and garbage collection takes a fifth of
    # the time.
    judged = judge_rows(records, table, limits).localCheckpoint(storageLevel=StorageLevel.DISK_ONLY)
    sums_by_file = _sums_by_file(judged, table)
    problems = misread_days([row.asDict() for row in sums_by_file], manifests.values(), table.source_names)
    good_days = {day: manifest for day, manifest in manifests.items() if day not in problems}
    # Filtered only if it must be: Spark compiles a new plan for every date that is written into it.
    rows = judged.where(_in_days(good_days)) if problems else judged
    suspects = find_suspects(rows, table).localCheckpoint(storageLevel=StorageLevel.DISK_ONLY)
    if suspects.isEmpty():
        return JudgedDays(table, good_days, None, values_of(rows, table), tallies(sums_by_file, []), problems)
    findings = group_findings(suspects, table).localCheckpoint()
    return JudgedDays(
        table=table,
        manifests=good_days,
        refused=with_findings(suspects, findings).where(F.size("reasons") > 0),
        accepted=without_findings(rows, findings, table),
        tallies=tallies(sums_by_file, sums_of_findings(findings)),
        problems=problems,
    )


def _sums_by_file(judged: DataFrame, table: SilverTable) -> list[Row]:
    sums = [*reading_sums(table.source_names), *verdict_sums(table)]
    return judged.groupBy("source_file", "partition_date").agg(*sums).collect()


def _in_days(days: Iterable[date]) -> Column:
    return F.col("partition_date").isin(sorted(days))
