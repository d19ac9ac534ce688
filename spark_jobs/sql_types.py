"""Spark's names of the types of a contract. Imports no Spark, so that Dagster's catalogue may use it."""

from typing import Any

import polars as pl


def sql_type(dtype: pl.DataType) -> str:
    """Spark's name of a contract's type.

    Raises:
        TypeError: the type has no counterpart that both Delta and Trino keep exactly.
    """
    if isinstance(dtype, pl.Decimal):
        return f"decimal({dtype.precision}, {dtype.scale})"
    if isinstance(dtype, pl.List):
        return f"array<{sql_type(_instance(dtype.inner))}>"
    if isinstance(dtype, pl.Datetime) and dtype.time_unit == "us" and dtype.time_zone is None:
        # Trino truncates Delta's zoned timestamps to milliseconds; timestamp_ntz keeps its microseconds.
        return "timestamp_ntz"
    plain = {pl.String: "string", pl.Date: "date", pl.Int32: "int", pl.Int64: "bigint"}
    for known, name in plain.items():
        if dtype == known:
            return name
    raise TypeError(f"no silver column can be a {dtype}; use text, date, timestamp, integers or decimals")


def _instance(dtype: Any) -> pl.DataType:
    return dtype() if isinstance(dtype, type) else dtype
