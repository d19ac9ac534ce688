"""From received text to typed values, never by a cast that rounds, shifts or gives up silently."""

from functools import reduce
from operator import or_

import polars as pl
from pyspark.sql import Column as SparkColumn
from pyspark.sql import functions as F

from spark_jobs.contracts.contract import BLANKS, Column
from spark_jobs.delta_tables import sql_type

SHOWN = 80
# SQL's years begin with 1: Spark knows a year 0, but Python's clients of Trino fail on it.
TIMESTAMP = r"^(?!0000)\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?$"
DATE = r"^(?!0000)\d{4}-\d{2}-\d{2}$"
INTEGER = r"^[+-]?\d+$"


def text_of(name: str) -> SparkColumn:
    """The text received for a column, without blanks around it; null when nothing is left."""
    received = F.col(f"received.{name}")
    # Spark trims by looking at every character, and most texts have no blank at an end. What is less than the
    # character after the blanks begins with one of them, or with a control character.
    found = F.coalesce(received, F.lit(""))
    may_begin = found < F.lit(chr(ord(max(BLANKS)) + 1))
    ends = reduce(or_, (F.endswith(found, F.lit(blank)) for blank in BLANKS))
    return F.when(may_begin | ends, _trimmed(name)).otherwise(received)


def is_trimmed_text(column: Column) -> bool:
    """The column's value is `text_of` it, so that there is nothing to keep beside the received text."""
    return column.dtype == pl.String and column.spelling == "as_is"


def typed(column: Column, text: SparkColumn) -> SparkColumn:
    """The value that the text says, in the contract's type; null when it says none."""
    dtype, target = column.dtype, sql_type(column.dtype)
    if isinstance(dtype, pl.Decimal):
        # The pattern refuses what a cast would round: too many digits, an exponent, a comma.
        whole, fraction = dtype.precision - dtype.scale, dtype.scale
        return _when(text, rf"^[+-]?0*\d{{1,{whole}}}(\.\d{{1,{fraction}}})?$", target)
    if isinstance(dtype, pl.Datetime):
        # Read as an instant, so that an offset is applied; without one it is UTC, the session's zone.
        # Spark knows an offset behind seconds only.
        with_seconds = F.regexp_replace(text, r"^(.{16})(Z|[+-].*)$", "$1:00$2")
        instant = F.coalesce(text.try_cast("timestamp_ltz"), with_seconds.try_cast("timestamp_ltz"))
        return F.when(text.rlike(TIMESTAMP), instant.cast(target))
    if dtype == pl.Date:
        return _when(text, DATE, target)
    if dtype in (pl.Int32, pl.Int64):
        return _when(text, INTEGER, target)
    if column.spelling == "lower":
        return F.lower(text)
    if column.spelling == "snake":
        return F.replace(F.replace(F.lower(text), F.lit(" "), F.lit("_")), F.lit("-"), F.lit("_"))
    return text


def reason(column: Column, value: SparkColumn) -> SparkColumn:
    """Why the column's text is refused, given its value; or null."""
    # Needed of the few records whose value is missing or refused, so that no other record has to carry it.
    text = _trimmed(column.name)
    shown = F.left(text, F.lit(SHOWN))
    quoted = F.concat(F.lit("'"), shown, F.lit("'"))
    # Each text is a value of a text column.
    unreadable = F.lit(False) if column.dtype == pl.String else value.isNull() & text.isNotNull()
    found = F.when(unreadable, _says(column, f"not {_kind(column.dtype)}: ", quoted))
    if column.required:
        is_due = F.lit(True) if column.since is None else F.col("partition_date") >= F.lit(column.since)
        found = found.when(value.isNull() & is_due, F.lit(f"{column.name}: required"))
    if column.allowed:
        listed = ", ".join(column.allowed)
        found = found.when(~value.isin(list(column.allowed)), _says(column, f"not one of {listed}: ", quoted))
    if column.pattern:
        kind = column.meaning or f"like {column.pattern}"
        found = found.when(~value.rlike(column.pattern), _says(column, f"not {kind}: ", quoted))
    if column.above is not None:
        found = found.when(value <= column.above, _says(column, f"must be > {column.above}: ", shown))
    if column.at_least is not None:
        found = found.when(value < column.at_least, _says(column, f"must be >= {column.at_least}: ", shown))
    return found


def _trimmed(name: str) -> SparkColumn:
    return F.nullif(F.btrim(F.col(f"received.{name}"), F.lit(BLANKS)), F.lit(""))


def _when(text: SparkColumn, pattern: str, target: str) -> SparkColumn:
    return F.when(text.rlike(pattern), text.try_cast(target))


def _says(column: Column, what: str, shown: SparkColumn) -> SparkColumn:
    return F.concat(F.lit(f"{column.name}: {what}"), shown)


def _kind(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Decimal):
        return f"a decimal({dtype.precision},{dtype.scale})"
    if isinstance(dtype, pl.Datetime):
        return "a timestamp"
    return "a date" if dtype == pl.Date else "an integer"
