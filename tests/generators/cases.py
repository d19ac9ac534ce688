"""Odd texts for each column of a contract, each with the expected result: a value, or a reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from spark_jobs.contracts.contract import Column, SilverContract, source_columns
from tests.generators import texts as t

SHOWN = 80
_RANGES = ((pl.Int32, 2**31), (pl.Int64, 2**63))


@dataclass(frozen=True)
class Case:
    """A text of a column, and the value that it is read as or the full reason for refusing it."""

    column: str
    text: str | None
    value: Any = None
    reason: str | None = None


def cases(contract: type[SilverContract]) -> list[Case]:
    """All cases of all source columns."""
    return [case for column in source_columns(contract) for case in cases_of(column)]


def cases_of(column: Column) -> list[Case]:
    """The cases of a column."""
    asked = (pair for pair in _texts(column) if pair[1] != t.BEFORE_YEAR_ONE or column.at_least is not None)
    return [_case(column, text, value) for text, value in asked]


def _texts(column: Column) -> Iterator[tuple[str | None, Any]]:
    """Texts with their values, for the column's type and for its bounds."""
    yield from t.NOTHING
    if column.dtype == pl.String and not column.allowed and not column.pattern:
        for text in t.PLACEHOLDERS:
            yield text, t.PLACEHOLDER if column.required else _spelled(column, text)
    dtype = column.dtype
    if column.allowed:
        yield from (
            (text, value if column.spelling == "snake" or text.strip(t.BLANKS) == value else t.REFUSED)
            for value in column.allowed
            for text in t.spellings(value)
        )
        yield from ((text, t.REFUSED) for text in t.UNKNOWN if text.strip(t.BLANKS) not in column.allowed)
    elif column.pattern:
        yield from t.PATTERNS[column.meaning or ""]
    elif dtype == pl.String:
        yield from {"as_is": t.TEXTS, "lower": t.IN_LOWER_CASE}.get(column.spelling, [])
    elif isinstance(dtype, pl.Decimal):
        yield from t.DECIMALS
        yield from _edges(column, Decimal(1).scaleb(-dtype.scale))
    elif dtype == pl.Date:
        yield from t.DATES
        yield from _edges(column, timedelta(days=1))
    elif isinstance(dtype, pl.Datetime):
        yield from t.TIMESTAMPS
        yield from _edges(column, timedelta(microseconds=1))
    else:
        yield from t.INTEGERS
        yield from _edges(column, 1)


def _edges(column: Column, step: Any) -> Iterator[tuple[str, Any]]:
    """The values at the column's bounds and one step below and above."""
    for bound in (column.above, column.at_least):
        is_midnight = _is_timestamp(column) and isinstance(bound, date)
        edge: Any = datetime.combine(bound, time()) if is_midnight else bound
        if edge is not None:
            yield from ((str(value), value) for value in (edge - step, edge, edge + step))


def _case(column: Column, text: str | None, value: Any) -> Case:
    shown = (text or "").strip(t.BLANKS)[:SHOWN]
    if value is None:
        why = "required" if column.required else None
    elif value == t.PLACEHOLDER:
        why = f"a placeholder, not a value: '{shown}'"
    elif value == t.REFUSED or not _fits(column.dtype, value):
        why = f"not {_kind(column)}: '{shown}'"
    elif column.above is not None and value <= column.above:
        why = f"must be > {column.above}: {shown}"
    elif column.at_least is not None and _is_below(value, column.at_least):
        why = f"must be >= {column.at_least}: {shown}"
    else:
        why = None
    return Case(column.name, text, None if why else value, why and f"{column.name}: {why}")


def _spelled(column: Column, text: str) -> str:
    """A text as the column spells it."""
    clean = text.strip(t.BLANKS)
    return clean if column.spelling == "as_is" else clean.lower()


def _fits(dtype: pl.DataType, value: Any) -> bool:
    """Whether the type can hold all digits of the text."""
    if isinstance(dtype, pl.Decimal):
        exponent = Decimal(value).as_tuple().exponent
        return -int(exponent) <= dtype.scale and abs(value) < 10 ** (dtype.precision - dtype.scale)
    return all(-end <= value < end for integer, end in _RANGES if dtype == integer)


def _is_below(value: Any, bound: Any) -> bool:
    return (value.date() if isinstance(value, datetime) else value) < bound


def _is_timestamp(column: Column) -> bool:
    return isinstance(column.dtype, pl.Datetime)


def _kind(column: Column) -> str:
    if column.allowed:
        return f"one of {', '.join(column.allowed)}"
    if column.pattern:
        return column.meaning or ""
    if isinstance(column.dtype, pl.Decimal):
        return f"a decimal({column.dtype.precision},{column.dtype.scale})"
    if column.dtype == pl.Date:
        return "a date, YYYY-MM-DD"
    if _is_timestamp(column):
        return "a timestamp, YYYY-MM-DD HH:MM[:SS[.ffffff]][Z or ±HH[:MM]]"
    return "an integer"
