"""Picks the months of a gold table: Iceberg keeps some tables by the months of a column."""

import re
from collections.abc import Iterable
from datetime import date


def month_column(partition_type: str) -> str | None:
    """The column by whose months a table is kept, from Trino's type of `partition` in Iceberg's own tables.

    None for a table without partitions, or with others.
    """
    found = re.search(r"row\((\w+)_month integer\)", partition_type)
    return found and found.group(1)


def in_months(column: str, months_since_1970: Iterable[int]) -> str:
    """A predicate that holds in these months and that Iceberg keeps to: its ranges are whole months."""
    return " or ".join(_in_month(column, month) for month in months_since_1970) or "false"


def _in_month(column: str, month: int) -> str:
    first, after = (date(1970 + n // 12, n % 12 + 1, 1) for n in (month, month + 1))
    return f"({column} >= date '{first}' and {column} < date '{after}')"
