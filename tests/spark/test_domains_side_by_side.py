"""Two domains write quarantine and ledger at the same time, during maintenance, without loss or conflict."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Event
from typing import Any

import polars as pl
import pytest
from pyspark.sql import SparkSession

from spark_jobs.contracts.quality import QUARANTINE, ROW_LEDGER
from spark_jobs.contracts.table import Table
from spark_jobs.delta_tables import create, create_frame, in_units, replace_where
from spark_jobs.maintenance import compact, vacuum
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack

DOMAINS = ("left", "right")
TABLES = ("one", "two")
# Each round makes two commits: fifty per domain.
ROUNDS = 25
DAYS = [date(2025, 6, 1) + timedelta(days=n) for n in range(5)]
ROWS = 20
# Between two turns of maintenance: without it, maintenance would take the machine from the writers.
PAUSE_SECONDS = 5


def refused(domain: str, round_: int, day: date) -> list[dict[str, Any]]:
    """The quarantine rows that a round writes for a day of both tables."""
    at = datetime(2026, 6, 1)
    return [
        {
            "domain": domain,
            "table_name": table,
            "partition_date": day,
            "record": json.dumps({"round": round_, "n": n}),
            "reasons": ["a test"],
            "source_file": "a.csv",
            "ingested_at": at,
        }
        for table in TABLES
        for n in range(ROWS)
    ]


def ledgered(domain: str, round_: int, day: date) -> list[dict[str, Any]]:
    """The ledger rows that a round writes for a day of both tables."""
    nothing = dict.fromkeys(
        f"{part}_{what}"
        for part in ("silver", "duplicate", "repeated", "superseded", "quarantined", "bronze")
        for what in ("rows", "amount")
    )
    counts = {name: 0 if name.endswith("rows") else None for name in nothing}
    return [
        {
            "domain": domain,
            "table_name": table,
            "partition_date": day,
            **counts,
            "bronze_rows": round_,
            "manifest_sha256": "0",
            "silver_version": 0,
            "input_sha256": "0",
        }
        for table in TABLES
    ]


@pytest.fixture(scope="module")
def lakehouse(stack: Stack, spark: SparkSession) -> Iterator[Lakehouse]:
    for table in (QUARANTINE, ROW_LEDGER):
        create(spark, table)
    lakehouse = Lakehouse(stack)
    yield lakehouse
    for table in (QUARANTINE, ROW_LEDGER):
        for domain in DOMAINS:
            empty = create_frame(spark, table, [])
            replace_where(empty, table, in_units(domain, dict.fromkeys(TABLES, DAYS)))


def test_fifty_commits_of_each_domain_during_maintenance_lose_nothing(
    lakehouse: Lakehouse, spark: SparkSession
) -> None:
    is_over = Event()

    def write(domain: str) -> None:
        for number in range(ROUNDS):
            day = DAYS[number % len(DAYS)]
            units = in_units(domain, {name: [day] for name in TABLES})
            for table, rows in ((QUARANTINE, refused), (ROW_LEDGER, ledgered)):
                replace_where(create_frame(spark, table, rows(domain, number, day)), table, units)

    def maintain() -> int:
        turns = 0
        while not is_over.is_set():
            for table in (QUARANTINE, ROW_LEDGER):
                compact(spark, table, f"domain = '{DOMAINS[turns % 2]}'")
                if turns % 4 == 0:
                    vacuum(spark, table, 168)
            turns += 1
            is_over.wait(PAUSE_SECONDS)
        return turns

    with ThreadPoolExecutor() as threads:
        maintenance = threads.submit(maintain)
        writers = [threads.submit(write, domain) for domain in DOMAINS]
        try:
            for writer in writers:
                writer.result()
        finally:
            is_over.set()
        assert maintenance.result() > 1

    last = {DAYS[number % len(DAYS)]: number for number in range(ROUNDS)}
    for domain in DOMAINS:
        rows = _of(lakehouse, QUARANTINE, domain)
        assert rows.height == len(DAYS) * len(TABLES) * ROWS
        rounds = rows.select("partition_date", pl.col("record").str.json_path_match("$.round").cast(pl.Int64))
        assert set(rounds.rows()) == set(last.items())
        ledger = _of(lakehouse, ROW_LEDGER, domain)
        assert sorted(ledger.select("partition_date", "bronze_rows").rows()) == sorted(
            pair for pair in last.items() for _ in TABLES
        )


def _of(lakehouse: Lakehouse, table: Table, domain: str) -> pl.DataFrame:
    return lakehouse.silver(table.contract).filter(pl.col("domain") == domain)
