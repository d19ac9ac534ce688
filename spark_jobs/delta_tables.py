"""The silver tables as Delta tables: how they are created from their contracts, and written."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl
from delta.connect.exceptions import (
    ConcurrentAppendException,
    ConcurrentDeleteDeleteException,
    ConcurrentDeleteReadException,
    ConcurrentWriteException,
)
from pyspark.sql import DataFrame, SparkSession
from tenacity import retry, retry_if_exception_type, stop_after_attempt

from spark_jobs.contracts.contract import Column
from spark_jobs.contracts.table import Table
from spark_jobs.sql_types import sql_type

# Another commit changed files that this one read or wanted to replace.
CONFLICTS = (
    ConcurrentAppendException,
    ConcurrentDeleteDeleteException,
    ConcurrentDeleteReadException,
    ConcurrentWriteException,
)
# Maintenance may compact the files that a write is about to replace. The rows are the same, so retry.
again_after_conflict = retry(
    retry=retry_if_exception_type(CONFLICTS), stop=stop_after_attempt(5), reraise=True
)


def create(spark: SparkSession, table: Table) -> None:
    """Create the table, empty, if it does not exist; bring an existing one to the contract's layout.

    An existing table gets the contract's new columns, which are null in the rows that it has. If the contract
    partitions by other columns, the table is rewritten in one commit.
    """
    body = ",\n".join(_definition(column) for column in table.columns)
    partitions = ", ".join(table.rules.partition_by)
    comment = _quoted(table.description.splitlines()[0])
    spark.sql(
        f"create table if not exists {table.in_sql} (\n{body}\n)"
        f" using delta partitioned by ({partitions}) comment {comment}"
        f" tblproperties ('delta.dataSkippingStatsColumns' = '{', '.join(_with_statistics(table))}')"
    )
    existing = spark.table(table.in_sql).columns
    added = [_definition(column) for column in table.columns if column.name not in existing]
    if added:
        spark.sql(f"alter table {table.in_sql} add columns ({', '.join(added)})")
    partitioned_by = spark.sql(f"describe detail {table.in_sql}").collect()[0]["partitionColumns"]
    if tuple(partitioned_by) != table.rules.partition_by:
        _rewrite(spark, table)


def is_as_its_contract_says(table: Table, storage: dict[str, str]) -> bool:
    """Whether the table exists and `create` would leave it alone, as Delta's log tells without Spark."""
    from deltalake import DeltaTable
    from deltalake.exceptions import TableNotFoundError

    try:
        found = DeltaTable(table.location, storage_options=storage)
    except TableNotFoundError:
        return False
    has_columns = {field.name for field in found.schema().fields} >= {*table.column_names}
    return has_columns and tuple(found.metadata().partition_columns) == table.rules.partition_by


def replace_where(rows: DataFrame, table: Table, predicate: str) -> None:
    """Replace the table's rows that a predicate picks, in one commit.

    Args:
        rows: exactly the table's columns; only rows that the predicate picks, which Delta verifies.
        table: the table.
        predicate: SQL from `in_days` and from names in our own contracts. Received text must never be in it,
            as it could pick every row.

    Raises:
        ValueError: the rows lack a column, for which Delta would write nulls, or have one too many.
    """
    if differing := set(rows.columns) ^ set(table.column_names):
        raise ValueError(f"{table.location}: rows and contract differ in {', '.join(sorted(differing))}")
    writer = rows.write.format("delta").mode("overwrite").option("replaceWhere", predicate)
    again_after_conflict(writer.save)(table.location)


def in_days(days: Iterable[date]) -> str:
    """A predicate that picks partition dates."""
    listed = ", ".join(f"date '{day:%Y-%m-%d}'" for day in sorted(days))
    return f"partition_date in ({listed})"


def in_units(domain: str, days: Mapping[str, Iterable[date]]) -> str:
    """A predicate that picks days of some tables of a domain, in a table that domains share.

    It begins with the partition columns, so that domains can write at the same time without a conflict.
    """
    tables = " or ".join(f"(table_name = '{table}' and {in_days(of)})" for table, of in days.items())
    all_days = in_days({day for of in days.values() for day in of})
    return f"domain = '{domain}' and {all_days} and ({tables})"


def newest_version(spark: SparkSession, table: Table) -> int:
    """The version that the last commit to the table made."""
    return spark.sql(f"describe history {table.in_sql} limit 1").collect()[0]["version"]


def create_frame(spark: SparkSession, table: Table, rows: list[dict[str, Any]]) -> DataFrame:
    """Rows made in Python as a DataFrame of the table's columns and types."""
    schema = ", ".join(f"{column.name} {sql_type(column.dtype)}" for column in table.columns)
    return spark.createDataFrame([tuple(row[name] for name in table.column_names) for row in rows], schema)


def _rewrite(spark: SparkSession, table: Table) -> None:
    rows = spark.table(table.in_sql).select(*table.column_names)
    (
        rows.repartition(*table.rules.partition_by)
        .write.format("delta")
        .mode("overwrite")
        .option("overwriteSchema", True)
        .partitionBy(*table.rules.partition_by)
        .save(table.location)
    )


def _with_statistics(table: Table) -> list[str]:
    """Columns whose least and greatest values Delta keeps for each file: the key, and all that is not text.

    Statistics of every text column would take a quarter of a write. They would not help: a file holds a whole
    day, and so nearly every value.
    """
    rules = table.rules
    not_partitions = (c for c in table.columns if c.name not in rules.partition_by)
    return [c.name for c in not_partitions if c.name in rules.key or c.dtype not in (pl.String, pl.List)]


def _definition(column: Column) -> str:
    required = "" if column.nullable else " not null"
    return f"{column.name} {sql_type(column.dtype)}{required} comment {_quoted(column.description)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
