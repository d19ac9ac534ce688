"""Parts a long run into batches of days, so that its length is bounded by nothing but patience.

A statement of gold holds the silver rows of its days in Trino's memory. In which order days come to gold
makes no difference to the tables, so some days may go first.
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
        description="Most silver rows that one dbt run carries; a longer run becomes several, days in order. "
        "A million take 250 to 450 MB of the 700 that Trino gives a statement.",
    )


def batches(
    days: Sequence[date], rows_at_once: int, tables: Collection[Source]
) -> Iterator[tuple[date, ...]]:
    """The days in order, as many at once as have at most so many rows; one that has more stands alone.

    A batch is of days that follow each other; rows are those of the silver tables that the models read.
    """
    # A day cannot be parted, so nothing is asked of Trino for it.
    rows = _silver_rows(days, tables) if len(days) > 1 else {}
    for following in split_when(days, lambda day, after: after - day > timedelta(days=1)):
        yield from constrained_batches(
            following, rows_at_once, get_len=lambda day: rows.get(day, 0), strict=False
        )


def _silver_rows(days: Sequence[date], tables: Collection[Source]) -> dict[date, int]:
    read = (f"(domain = '{domain}' and table_name = '{table}')" for domain, table in sorted(tables))
    between = {"first": days[0].isoformat(), "last": days[-1].isoformat()}
    found = query(settings(), SILVER_ROWS.format(tables=f"({' or '.join(read)})", **between))
    return {row["partition_date"]: row["silver_rows"] for row in found}
