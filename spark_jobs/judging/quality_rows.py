"""The rows that judged days give to the two quality tables: quarantine and row ledger."""

from datetime import date
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_jobs.contracts.table import Table
from spark_jobs.judging.judged_days import JudgedDays
from spark_jobs.judging.tallies import Tally
from spark_jobs.shown_text import BLANK_LETTERS, NAMED

# Java's classes of what Python calls not printable.
INVISIBLE = rf"[\p{{C}}\p{{Z}}{BLANK_LETTERS}&&[^ ]]"


def quarantine_rows(table: Table, refused: DataFrame) -> DataFrame:
    """The refused records of a table as rows of the quarantine table, their texts as they were received."""
    rules = table.rules
    return refused.select(
        F.lit(rules.domain).alias("domain"),
        F.lit(rules.table).alias("table_name"),
        "partition_date",
        F.coalesce("record", F.to_json("received")).alias("record"),
        F.transform("reasons", _shown).alias("reasons"),
        "source_file",
        "ingested_at",
    )


def ledger_row(judged: JudgedDays, day: date, version: int, input_sha256: str) -> dict[str, Any]:
    """The row of the ledger for a day: where its records and their money went.

    `version` is that of the silver table that holds the day; `input_sha256` hashes what the day is made from.
    """
    rules, manifest = judged.table.rules, judged.manifests[day]
    row: dict[str, Any] = {"domain": rules.domain, "table_name": rules.table, "partition_date": day}
    row |= {"bronze_rows": manifest.records, "bronze_amount": manifest.amount if rules.amount else None}
    for part in ("silver", "duplicate", "repeated", "superseded", "quarantined"):
        tally = judged.tallies.get((part, day), Tally())
        row |= {f"{part}_rows": tally.rows, f"{part}_amount": tally.amount if rules.amount else None}
    return row | {
        "manifest_sha256": manifest.sha256,
        "silver_version": version,
        "input_sha256": input_sha256,
    }


def _shown(reason: Column) -> Column:
    """The reason as `spark_jobs.shown_text.shown` shows it."""
    escaped = F.transform(F.split(reason, ""), _escaped)
    return F.when(reason.rlike(INVISIBLE), F.array_join(escaped, "")).otherwise(reason)


def _escaped(character: Column) -> Column:
    code = F.ascii(character)
    short, long = F.format_string("\\u%04x", code), F.format_string("\\U%08x", code)
    escape = F.when(code < 0x10000, short).otherwise(long)
    for unseen, name in NAMED.items():
        escape = F.when(character == unseen, F.lit(name)).otherwise(escape)
    return F.when(character.rlike(INVISIBLE), escape).otherwise(character)
