"""Two writers of one day: Delta refuses the later commit by a named error, and the write is repeated."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from secrets import token_hex
from typing import Any

import polars as pl
import pytest
from pyspark.sql import SparkSession

from spark_jobs.contracts.contract import SilverContract, column
from spark_jobs.contracts.rules import TableRules
from spark_jobs.contracts.table import Table, table_of
from spark_jobs.delta_tables import CONFLICTS, create, create_frame, in_days, replace_where

DAY = date(2026, 3, 1)
MANY_PAIRS = 20


class Pages(SilverContract):
    """A page of a day."""

    page_id: pl.String = column("The page", required=True)

    class Config(SilverContract.Config):
        """Only a key."""

        metadata = {  # noqa: RUF012
            "rules": TableRules(domain="mail", table=f"pages_{token_hex(4)}", key=("page_id",))
        }


@pytest.fixture(scope="module")
def pages(spark: SparkSession) -> Table:
    table = table_of(Pages)
    create(spark, table)
    return table


def _pair(spark: SparkSession, table: Table, write: Any) -> list[Future[None]]:
    """Both futures of two writes of the day that begin at the same time."""
    row = {"page_id": "a", "partition_date": DAY, "source_file": "a.csv", "ingested_at": datetime(2026, 3, 2)}
    with ThreadPoolExecutor(2) as threads:
        return [threads.submit(write, create_frame(spark, table, [row])) for _ in range(2)]


def test_two_commits_to_one_day_conflict_by_a_named_error(spark: SparkSession, pages: Table) -> None:
    def write(rows: Any) -> None:
        once = rows.write.format("delta").mode("overwrite").option("replaceWhere", in_days([DAY]))
        once.save(pages.location)

    for _ in range(MANY_PAIRS):
        if errors := [error for done in _pair(spark, pages, write) if (error := done.exception())]:
            break
    assert errors, "no pair of writes met"
    assert isinstance(errors[0], CONFLICTS)


def test_a_write_that_met_another_one_is_repeated(spark: SparkSession, pages: Table) -> None:
    for _ in range(5):
        written = _pair(spark, pages, lambda rows: replace_where(rows, pages, in_days([DAY])))
        assert [done.exception() for done in written] == [None, None]
    assert spark.table(pages.in_sql).count() == 1
