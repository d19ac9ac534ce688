"""From received text to typed values, never by a cast that rounds, shifts or silently returns null."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

import polars as pl
from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_jobs.contracts.contract import Column
from spark_jobs.contracts.texts import BLANKS, DATE_FORM, PLACEHOLDERS, TIMESTAMP_FORM
from spark_jobs.contracts.versions import OPERATION, UNCHANGED, may_be_unchanged
from spark_jobs.sql_types import sql_type

SHOWN = 80
# Years begin with 1 in SQL. Spark has a year 0 too, but Trino's Python clients fail on it.
DATE = r"^(?!0000)\d{4}-\d{2}-\d{2}$"
INTEGER = r"^[+-]?\d+$"
# Microseconds; more digits lose nothing if they are zeros.
_FRACTION = r"(?:[.,]\d{1,6}0*)?"
_OFFSET = r"(?: ?(?:[Zz]|[+-]\d{2}(?::?\d{2}|:\d{2}:\d{2})?))?"
_EXTENDED = rf"\d{{4}}-\d{{2}}-\d{{2}}[Tt ]\d{{2}}:\d{{2}}(?::\d{{2}}{_FRACTION})?"
_BASIC = rf"\d{{8}}[Tt]\d{{4}}(?:\d{{2}}{_FRACTION})?"
TIMESTAMP = rf"^(?!0000)(?:{_EXTENDED}|{_BASIC}){_OFFSET}$"
# From every such form, in upper case, to one that Spark reads: (pattern, replacement), one after the other.
_SPARKS_FORM = (
    (r"^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})", "$1-$2-$3T$4:$5"),
    (r"^(.{16})(?=\d)", "$1:"),
    (r"^(.{16})(?!:)", "$1:00"),
    (",", "."),
    (" (?=[Z+-])", ""),
)
# A text without such a character is composed already.
_MAY_COMBINE = r"[^\x00-\x{2ff}]"


def with_composed(records: DataFrame, names: Sequence[str]) -> DataFrame:
    """Add `composed`: the record's texts in Unicode's form NFC; null where they are all in it as received.

    Spark has no function for it, so ICU's is called by reflection, for the few records that may need it.
    Spark allows no such call in a join, so the texts are kept.
    """
    texts = [F.coalesce(f"received.{name}", F.lit("")) for name in names]
    may_change = _beyond_ascii(texts) & F.concat(*texts).rlike(_MAY_COMBINE)
    composed = F.when(may_change, F.transform(F.array(*texts), _compose))
    by_name = F.struct(*(F.get("composed", F.lit(place)).alias(name) for place, name in enumerate(names)))
    return records.withColumn("composed", composed).withColumn(
        "composed", F.when(F.col("composed").isNotNull(), by_name)
    )


def text_of(name: str) -> SparkColumn:
    """The text received for a column, composed and without blanks around it; null when nothing is left."""
    received = F.col(f"received.{name}")
    # Trimming looks at every character, and most texts need none. So only texts that may have a blank at an
    # end are trimmed. The ASCII blanks are the characters up to the space.
    text = F.coalesce(received, F.lit(""))
    may_begin_with_blank = text < F.lit("!")
    ends_with_blank = reduce(or_, (F.endswith(text, F.lit(blank)) for blank in BLANKS if blank.isascii()))
    may_need_it = may_begin_with_blank | ends_with_blank | _beyond_ascii([text])
    return F.when(may_need_it, _clean(name)).otherwise(received)


def is_clean_text(column: Column) -> bool:
    """The column's value is its clean text, so nothing is kept beside the received text."""
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
        sparks_form = reduce(lambda said, form: F.regexp_replace(said, *form), _SPARKS_FORM, F.upper(text))
        instant = F.coalesce(text.try_cast("timestamp_ltz"), sparks_form.try_cast("timestamp_ltz"))
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
    """Why the column's text is refused, given its value; or null.

    For a column that is required for some operations only, the record has the values of `_op`, `_unchanged`.
    """
    # The text is cleaned again here: only the few records with a missing or refused value need it.
    text = _clean(column.name)
    shown = F.left(text, F.lit(SHOWN))
    quoted = F.concat(F.lit("'"), shown, F.lit("'"))
    # In a text column, every text is a value.
    unreadable = F.lit(False) if column.dtype == pl.String else value.isNull() & text.isNotNull()
    why = F.when(unreadable, _says(column, f"not {_kind(column.dtype)}: ", quoted))
    if column.required:
        why = why.when(value.isNull() & _is_due(column), F.lit(f"{column.name}: required"))
        if column.dtype == pl.String and not column.allowed:
            is_placeholder = (F.octet_length(value) <= max(map(len, PLACEHOLDERS))) & F.lower(value).isin(
                list(PLACEHOLDERS)
            )
            why = why.when(is_placeholder, _says(column, "a placeholder, not a value: ", quoted))
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


def _is_due(column: Column) -> SparkColumn:
    """Whether the record must have a value of the required column."""
    is_due = F.lit(True) if column.since is None else F.col("partition_date") >= F.lit(column.since)
    if column.required_for:
        is_due &= F.col(OPERATION).isin(list(column.required_for))
    if may_be_unchanged(column):
        is_due &= F.coalesce(F.find_in_set(F.lit(column.name), UNCHANGED) == 0, F.lit(True))
    return is_due


def _clean(name: str) -> SparkColumn:
    text = F.coalesce(f"composed.{name}", f"received.{name}")
    return F.nullif(F.btrim(text, F.lit(BLANKS)), F.lit(""))


def _beyond_ascii(texts: Sequence[SparkColumn]) -> SparkColumn:
    """Whether any of the texts has a character that is not ASCII: such a character has more than one byte."""
    return reduce(or_, (F.octet_length(text) > F.length(text) for text in texts))


def _compose(text: SparkColumn) -> SparkColumn:
    is_compatible = F.lit(False)
    return F.reflect(F.lit("com.ibm.icu.text.Normalizer"), F.lit("compose"), text, is_compatible)


def _when(text: SparkColumn, pattern: str, target: str) -> SparkColumn:
    return F.when(text.rlike(pattern), text.try_cast(target))


def _says(column: Column, what: str, shown: SparkColumn) -> SparkColumn:
    return F.concat(F.lit(f"{column.name}: {what}"), shown)


def _kind(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Decimal):
        return f"a decimal({dtype.precision},{dtype.scale})"
    if isinstance(dtype, pl.Datetime):
        return f"a timestamp, {TIMESTAMP_FORM}"
    return f"a date, {DATE_FORM}" if dtype == pl.Date else "an integer"
