"""The rows that judged days give to the two quality tables: quarantine and row ledger."""

from datetime import date
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_jobs.judging.judged_days import JudgedDays
from spark_jobs.judging.tallies import Tally


def quarantine_rows(judged: JudgedDays) -> DataFrame:
    """The refused records as rows of the quarantine table, their texts as they were received."""
    rules = judged.table.rules
    return judged.refused.select(
        F.lit(rules.domain).alias("domain"),
        F.lit(rules.table).alias("table_name"),
        "partition_date",
        F.coalesce("record", F.to_json("received")).alias("record"),
        "reasons",
        "source_file",
        "ingested_at",
    )


def ledger_row(judged: JudgedDays, day: date, version: int, input_sha256: str) -> dict[str, Any]:
    """The row of the ledger for a day: where its records and their money went.

    `version` is that of the silver table that holds the day; `input_sha256` hashes what the day is made from.
    """
    rules, manifest = judged.table.rules, judged.manifests[day]
    row: dict[str, Any] = {"domain": rules.domain, "table_name": rules.table, "partition_date": day}
    row |= {"bronze_rows": manifest.records, "bronze_amount": manifest.amount}
    for part in ("silver", "duplicate", "repeated", "superseded", "quarantined"):
        tally = judged.tallies.get((part, day), Tally())
        row |= {f"{part}_rows": tally.rows, f"{part}_amount": tally.amount if rules.amount else None}
    return row | {
        "manifest_sha256": manifest.sha256,
        "silver_version": version,
        "input_sha256": input_sha256,
    }
