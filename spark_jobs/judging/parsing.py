"""From received text to typed values, never by a cast that rounds, shifts or silently returns null."""

from functools import reduce
from operator import or_

import polars as pl
from pyspark.sql import Column as SparkColumn
from pyspark.sql import functions as F

from spark_jobs.contracts.contract import BLANKS, Column
from spark_jobs.sql_types import sql_type

SHOWN = 80
# Years begin with 1 in SQL. Spark has a year 0 too, but Trino's Python clients fail on it.
TIMESTAMP = r"^(?!0000)\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?$"
DATE = r"^(?!0000)\d{4}-\d{2}-\d{2}$"
INTEGER = r"^[+-]?\d+$"


def text_of(name: str) -> SparkColumn:
    """The text received for a column, without blanks around it; null when nothing is left."""
    received = F.col(f"received.{name}")
    # Trimming looks at every character, and most texts need none. So only texts that may have a blank at an
    # end are trimmed. A text that begins with a blank sorts before the character that follows the greatest
    # blank.
    text = F.coalesce(received, F.lit(""))
    may_begin_with_blank = text < F.lit(chr(ord(max(BLANKS)) + 1))
    ends_with_blank = reduce(or_, (F.endswith(text, F.lit(blank)) for blank in BLANKS))
    return F.when(may_begin_with_blank | ends_with_blank, _trimmed(name)).otherwise(received)


def is_trimmed_text(column: Column) -> bool:
    """The column's value is its trimmed text, so nothing is kept beside the received text."""
    return column.dtype == pl.String and column.spelling == "as_is"


def typed(column: Column, text: SparkColumn) -> SparkColumn:
    """The text's value in the contract's type; null when the text is not of that type."""
    dtype, target = column.dtype, sql_type(column.dtype)
    if isinstance(dtype, pl.Decimal):
        # The pattern refuses what a cast would change or round: too many digits, an exponent, a comma.
        whole, fraction = dtype.precision - dtype.scale, dtype.scale
        return _when(text, rf"^[+-]?0*\d{{1,{whole}}}(\.\d{{1,{fraction}}})?$", target)
    if isinstance(dtype, pl.Datetime):
        # Read as an instant, so that an offset is applied. Without an offset it is UTC, the session's zone.
        # Spark accepts an offset only after seconds, so ":00" is added where they are missing.
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
    # The text is trimmed again here: only the few records with a missing or refused value need it.
    text = _trimmed(column.name)
    shown = F.left(text, F.lit(SHOWN))
    quoted = F.concat(F.lit("'"), shown, F.lit("'"))
    # In a text column, every text is a value.
    unreadable = F.lit(False) if column.dtype == pl.String else value.isNull() & text.isNotNull()
    why = F.when(unreadable, _says(column, f"not {_kind(column.dtype)}: ", quoted))
    if column.required:
        is_due = F.lit(True) if column.since is None else F.col("partition_date") >= F.lit(column.since)
        why = why.when(value.isNull() & is_due, F.lit(f"{column.name}: required"))
    if column.allowed:
        listed = ", ".join(column.allowed)
        why = why.when(~value.isin(list(column.allowed)), _says(column, f"not one of {listed}: ", quoted))
    if column.pattern:
        kind = column.meaning or f"like {column.pattern}"
        why = why.when(~value.rlike(column.pattern), _says(column, f"not {kind}: ", quoted))
    if column.above is not None:
        why = why.when(value <= column.above, _says(column, f"must be > {column.above}: ", shown))
    if column.at_least is not None:
        why = why.when(value < column.at_least, _says(column, f"must be >= {column.at_least}: ", shown))
    return why


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
