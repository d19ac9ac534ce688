"""Splits a long run into batches of days, so that a run may have any length.

A statement of gold holds the silver rows of its days in Trino's memory. The order in which days come to gold
makes no difference to the tables, so a run may be split.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

import dagster as dg
from more_itertools import constrained_batches, split_when
from pydantic import Field

from shopflow_assets.gold.dbt.graph import Source
from shopflow_assets.gold.trino import query
from shopflow_assets.settings import settings

SILVER_ROWS = """
select partition_date, cast(sum(silver_rows) as bigint) as silver_rows from silver.quality.row_ledger
where {tables} and partition_date between date '{first}' and date '{last}' group by partition_date"""


class BatchSize(dg.Config):
    """What a run may change about gold."""

    rows_at_once: int = Field(
        default=1_250_000,
        gt=0,
        description="The most silver rows that one dbt run carries. A run with more becomes several, "
        "days in order. A million rows take 250 to 450 MB of the 700 MB that Trino gives a statement.",
    )


def batches(
    days: Sequence[date], rows_at_once: int, tables: Collection[Source]
) -> Iterator[tuple[date, ...]]:
    """The days in order, in batches of at most so many rows; a day that has more is a batch of its own.

    The days of a batch follow each other. Rows are those of the silver tables that the models read.
    """
    # A day cannot be split, so a single one needs no query.
    rows = _silver_rows(days, tables) if len(days) > 1 else {}
    for following in split_when(days, lambda day, after: after - day > timedelta(days=1)):
        yield from constrained_batches(
            following, rows_at_once, get_len=lambda day: rows.get(day, 0), strict=False
        )


def _silver_rows(days: Sequence[date], tables: Collection[Source]) -> dict[date, int]:
    names = (source.split(".") for source in sorted(tables))
    read = (f"(domain = '{domain}' and table_name = '{table}')" for domain, table in names)
    between = {"first": days[0].isoformat(), "last": days[-1].isoformat()}
    rows = query(settings(), SILVER_ROWS.format(tables=f"({' or '.join(read)})", **between))
    return {row["partition_date"]: row["silver_rows"] for row in rows}
