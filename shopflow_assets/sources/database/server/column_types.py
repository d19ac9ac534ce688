"""PostgreSQL's types: which of them a contract's type reads, and which change of a type may change values."""

import re
from collections.abc import Mapping

import polars as pl

# Types whose values have one text each: to change one into another of its line changes no text.
_SAME_TEXTS = {
    r"smallint|integer|bigint": "integer",
    r"text|character varying(\(\d+\))?": "text",
    # Only the number of digits after the point shows.
    r"numeric\(\d+,(\d+)\)": r"numeric(\1)",
}


def kinds(dtype: pl.DataType) -> tuple[str, ...]:
    """The types whose texts a contract's type reads, by PostgreSQL's short names."""
    if isinstance(dtype, pl.Decimal):
        return ("numeric", "int2", "int4", "int8")
    if isinstance(dtype, pl.Datetime):
        return ("timestamp", "timestamptz")
    if dtype == pl.Date:
        return ("date",)
    if dtype == pl.Int64:
        return ("int8", "int4", "int2")
    if dtype == pl.Int32:
        return ("int4", "int2")
    return ("text", "varchar", "bpchar", "name", "uuid", "citext")


def retyped(
    schema: str, before: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]]
) -> list[str]:
    """Columns whose values may be others since their type changed, by table, column and types.

    PostgreSQL then rewrites all rows. It sends no change of them, and `updated_at` stays.
    """
    return [
        f"{schema}.{table}.{column}: was {before[table][column]}, is {kind}"
        for table, columns in now.items()
        for column, kind in columns.items()
        if _texts(before.get(table, {}).get(column, kind)) != _texts(kind)
    ]


def added_again(
    schema: str, before: Mapping[str, Mapping[str, int]], now: Mapping[str, Mapping[str, int]]
) -> list[str]:
    """Columns that were dropped, and others added under their names."""
    return [
        f"{schema}.{table}.{column}: was dropped and added again"
        for table, columns in now.items()
        for column, number in columns.items()
        if before.get(table, {}).get(column, number) != number
    ]


def _texts(kind: str) -> str:
    for pattern, name in _SAME_TEXTS.items():
        if match := re.fullmatch(pattern, kind):
            return match.expand(name)
    return kind
