"""Two small tables of order lines for the tests of the strict reader, and how they read a text."""

from datetime import date
from pathlib import Path

import polars as pl

from shopflow_assets.sources.files.strict_reader import Reading, read_strictly
from spark_jobs.contracts.contract import Money, SilverContract, column
from spark_jobs.contracts.rules import TableRules
from spark_jobs.contracts.table import Table, table_of

DAY = date(2026, 2, 1)


class Lines(SilverContract):
    """An order line."""

    order_id: pl.String = column("The order", required=True)
    brand: pl.String = column("Brand")
    total_amount: Money = column("Net amount", required=True)

    class Config(SilverContract.Config):
        """Names the money column."""

        metadata = {  # noqa: RUF012
            "rules": TableRules(domain="test", table="lines", key=("order_id",), amount="total_amount")
        }


class WiderLines(Lines):
    """An order line of a source that may add columns."""

    class Config(Lines.Config):
        """Unknown columns are passed over."""

        metadata = {  # noqa: RUF012
            "rules": TableRules(
                domain="test",
                table="wider_lines",
                key=("order_id",),
                amount="total_amount",
                unknown_columns="report",
            )
        }


TABLE, WIDER = table_of(Lines), table_of(WiderLines)


def read(path: Path, content: str | bytes, suffix: str = ".csv", table: Table = TABLE) -> Reading:
    """Write the content to the path, and read it."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_strictly(path, suffix, table, DAY)
