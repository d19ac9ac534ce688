"""Writes the months of a table as a condition in SQL."""

from collections.abc import Iterable
from datetime import date


def in_months(column: str, months_since_1970: Iterable[int]) -> str:
    """A condition that holds in these months. Trino skips the partitions of all others for it."""
    return " or ".join(_in_month(column, month) for month in months_since_1970) or "false"


def _in_month(column: str, month: int) -> str:
    first, after = (date(1970 + n // 12, n % 12 + 1, 1) for n in (month, month + 1))
    return f"({column} >= date '{first}' and {column} < date '{after}')"
