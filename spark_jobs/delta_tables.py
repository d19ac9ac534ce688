"""The silver tables as Delta tables: where they live and how they are created from their contracts."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl
from pyspark.sql import DataFrame, SparkSession

from spark_jobs.contracts.contract import Column, Contract, columns, names, table_rules
from spark_jobs.contracts.registry import CONTRACTS

SILVER = "s3://datalake/silver"


def location(contract: type[Contract]) -> str:
    """Where the contract's table lives."""
    rules = table_rules(contract)
    return f"{SILVER}/{rules.domain}/{rules.table}"


def locations() -> dict[tuple[str, str], str]:
    """Location of every silver table by (schema, table), for the catalogs that register them."""
    return {(table_rules(c).domain, table_rules(c).table): location(c) for c in CONTRACTS}


def create(spark: SparkSession, contract: type[Contract]) -> None:
    """Create the table when it does not exist, empty; one that exists gets the columns that are new.

    A new column is null in the rows that are there.
    """
    table = f"delta.`{location(contract)}`"
    body = ",\n".join(_definition(column) for column in columns(contract))
    partitions = ", ".join(table_rules(contract).partition_by)
    comment = _quoted((contract.__doc__ or "").strip().splitlines()[0])
    spark.sql(
        f"create table if not exists {table} (\n{body}\n)"
        f" using delta partitioned by ({partitions}) comment {comment}"
        f" tblproperties ('delta.dataSkippingStatsColumns' = '{', '.join(_with_statistics(contract))}')"
    )
    known = spark.table(table).columns
    added = [_definition(column) for column in columns(contract) if column.name not in known]
    if added:
        spark.sql(f"alter table {table} add columns ({', '.join(added)})")


def replace_days(
    rows: DataFrame, contract: type[Contract], days: Iterable[date], also: str | None = None
) -> None:
    """Replace the table's rows of these days in one commit.

    Args:
        rows: exactly the contract's columns; only rows of these days, which Delta verifies.
        contract: the table.
        days: the partition dates to replace. Dates, never text: a predicate made of text could
            replace everything.
        also: a further condition on partition columns, for tables that several writers share.

    Raises:
        ValueError: the rows lack a column, for which Delta would write nulls, or have one too many.
    """
    if differing := set(rows.columns) ^ set(names(columns(contract))):
        raise ValueError(f"{location(contract)}: rows and contract differ in {', '.join(sorted(differing))}")
    listed = ", ".join(f"date '{day:%Y-%m-%d}'" for day in sorted(days))
    predicate = f"partition_date in ({listed})" + (f" and {also}" if also else "")
    rows.write.format("delta").mode("overwrite").option("replaceWhere", predicate).save(location(contract))


def newest_version(spark: SparkSession, contract: type[Contract]) -> int:
    """The version that the last commit to the table made."""
    history = spark.sql(f"describe history delta.`{location(contract)}` limit 1")
    return history.collect()[0]["version"]


def create_frame(spark: SparkSession, contract: type[Contract], rows: list[dict[str, Any]]) -> DataFrame:
    """Rows made in Python as a DataFrame of the contract's columns and types."""
    schema = ", ".join(f"{c.name} {sql_type(c.dtype)}" for c in columns(contract))
    return spark.createDataFrame([tuple(row[c.name] for c in columns(contract)) for row in rows], schema)


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
        # Trino cuts Delta's zoned timestamps to milliseconds; this one keeps its microseconds.
        return "timestamp_ntz"
    plain = {pl.String: "string", pl.Date: "date", pl.Int32: "int", pl.Int64: "bigint"}
    for known, name in plain.items():
        if dtype == known:
            return name
    raise TypeError(f"no silver column can be a {dtype}; use text, date, timestamp, integers or decimals")


def _with_statistics(contract: type[Contract]) -> list[str]:
    """Columns whose least and greatest values Delta keeps for each file: the key and all that is not text.

    Keeping them for every text is a quarter of a write, and of no use: a file of a day has nearly all values.
    """
    rules = table_rules(contract)
    found = (c for c in columns(contract) if c.name not in rules.partition_by)
    return [c.name for c in found if c.name in rules.key or c.dtype not in (pl.String, pl.List)]


def _instance(dtype: Any) -> pl.DataType:
    return dtype() if isinstance(dtype, type) else dtype


def _definition(column: Column) -> str:
    required = "" if column.nullable else " not null"
    return f"{column.name} {sql_type(column.dtype)}{required} comment {_quoted(column.description)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
