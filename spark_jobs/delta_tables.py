"""The silver tables as Delta tables: where they live and how they are created from their contracts."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl
from pyspark.sql import DataFrame, SparkSession
from tenacity import retry, retry_if_exception, stop_after_attempt

from spark_jobs.contracts.contract import Column, Contract, columns, names, table_rules

SILVER = "s3://datalake/silver"


def _is_conflict(error: BaseException) -> bool:
    return "DELTA_CONCURRENT" in str(error)


# A write may meet upkeep that put together the files it was to replace; the rows are the same.
again_after_conflict = retry(retry=retry_if_exception(_is_conflict), stop=stop_after_attempt(5), reraise=True)


def location(contract: type[Contract]) -> str:
    """Where the contract's table lives."""
    rules = table_rules(contract)
    return f"{SILVER}/{rules.domain}/{rules.table}"


def create(spark: SparkSession, contract: type[Contract]) -> None:
    """Create the table when it does not exist, empty; bring one that exists to the contract's layout.

    It gets the columns that are new, null in the rows that are there, and is written anew, in one commit, if
    it is partitioned by other columns.
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
    partitioned_by = spark.sql(f"describe detail {table}").collect()[0]["partitionColumns"]
    if tuple(partitioned_by) != table_rules(contract).partition_by:
        _write_anew(spark, contract)


def replace_where(rows: DataFrame, contract: type[Contract], predicate: str) -> None:
    """Replace the table's rows that a predicate picks, in one commit.

    Args:
        rows: exactly the contract's columns; only rows that the predicate picks, which Delta verifies.
        contract: the table.
        predicate: SQL made by `in_days` and of names of our own contracts, never of received text, which
            could pick everything.

    Raises:
        ValueError: the rows lack a column, for which Delta would write nulls, or have one too many.
    """
    if differing := set(rows.columns) ^ set(names(columns(contract))):
        raise ValueError(f"{location(contract)}: rows and contract differ in {', '.join(sorted(differing))}")
    writer = rows.write.format("delta").mode("overwrite").option("replaceWhere", predicate)
    again_after_conflict(writer.save)(location(contract))


def in_days(days: Iterable[date]) -> str:
    """A predicate that picks partition dates."""
    listed = ", ".join(f"date '{day:%Y-%m-%d}'" for day in sorted(days))
    return f"partition_date in ({listed})"


def in_units(domain: str, days: Mapping[str, Iterable[date]]) -> str:
    """A predicate that picks days of some tables of a domain, in a table that domains share.

    It begins with the partition columns, so that domains write side by side without a conflict.
    """
    tables = " or ".join(f"(table_name = '{table}' and {in_days(of)})" for table, of in days.items())
    all_days = in_days({day for of in days.values() for day in of})
    return f"domain = '{domain}' and {all_days} and ({tables})"


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


def _write_anew(spark: SparkSession, contract: type[Contract]) -> None:
    rows = spark.table(f"delta.`{location(contract)}`").select(names(columns(contract)))
    by = table_rules(contract).partition_by
    (
        rows.repartition(*by)
        .write.format("delta")
        .mode("overwrite")
        .option("overwriteSchema", True)
        .partitionBy(*by)
        .save(location(contract))
    )


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
