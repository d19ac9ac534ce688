"""Maintenance of the silver tables: few files per day, and no files that nothing needs any more."""

from pyspark.sql import SparkSession

from spark_jobs.contracts.table import Table
from spark_jobs.delta_tables import again_after_conflict

Size = dict[str, int]


def tidy(spark: SparkSession, table: Table, retention_hours: int) -> tuple[Size, Size]:
    """Compact a silver table, then delete files that no version of the last `retention_hours` needs.

    Returns:
        Files and bytes of the table before and after.
    """
    before, _ = compact(spark, table)
    _, after = vacuum(spark, table, retention_hours)
    return before, after


def compact(spark: SparkSession, table: Table, where: str = "") -> tuple[Size, Size]:
    """Merge the small files of each partition; the rows stay as they are.

    Delta skips days that are one file already, so the cost follows what changed since the last time.

    Args:
        spark: a session on the one driver that writes Delta.
        table: the table.
        where: a condition on partition columns that picks what to compact; everything when it is empty.
    """
    before = _size(spark, table)
    statement = f"optimize {table.in_sql} {f'where {where}' if where else ''}"
    again_after_conflict(lambda: spark.sql(statement).collect())()
    return before, _size(spark, table)


def vacuum(spark: SparkSession, table: Table, retention_hours: int) -> tuple[Size, Size]:
    """Delete files that left the table more than `retention_hours` ago; lists all of the table's files.

    Delta refuses less than 168 hours: a reader or writer that began earlier might still need the files.
    """
    before = _size(spark, table)
    spark.sql(f"vacuum {table.in_sql} retain {retention_hours:d} hours").collect()
    return before, _size(spark, table)


def _size(spark: SparkSession, table: Table) -> Size:
    detail = spark.sql(f"describe detail {table.in_sql}")
    return detail.selectExpr("numFiles as files", "sizeInBytes as bytes").collect()[0].asDict()
