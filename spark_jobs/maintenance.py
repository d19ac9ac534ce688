"""Keeps the silver tables in order: few files per day, and no files that nothing needs any more."""

from pyspark.sql import SparkSession

from spark_jobs.contracts.contract import Contract
from spark_jobs.delta_tables import again_after_conflict, location

Size = dict[str, int]


def tidy(spark: SparkSession, contract: type[Contract], retention_hours: int) -> tuple[Size, Size]:
    """Compact a silver table and delete files that its versions of the last hours do not need.

    Returns:
        Files and bytes of the table before and after.
    """
    before, _ = compact(spark, contract)
    _, after = vacuum(spark, contract, retention_hours)
    return before, after


def compact(spark: SparkSession, contract: type[Contract], where: str = "") -> tuple[Size, Size]:
    """Put small files of a partition together; rows stay as they are.

    Delta passes over days that are one file already, so the cost follows what changed since the last time.

    Args:
        spark: a session on the one driver that writes Delta.
        contract: the table.
        where: a condition on partition columns that picks what to compact; all without it.
    """
    table = f"delta.`{location(contract)}`"
    before = _size(spark, table)
    statement = f"optimize {table} {f'where {where}' if where else ''}"
    again_after_conflict(lambda: spark.sql(statement).collect())()
    return before, _size(spark, table)


def vacuum(spark: SparkSession, contract: type[Contract], retention_hours: int) -> tuple[Size, Size]:
    """Delete files that left the table so many hours ago; costs a listing of the table's files.

    Delta refuses less than 168 hours, in which a reader or writer that began before might still need them.
    """
    table = f"delta.`{location(contract)}`"
    before = _size(spark, table)
    spark.sql(f"vacuum {table} retain {retention_hours:d} hours").collect()
    return before, _size(spark, table)


def _size(spark: SparkSession, table: str) -> Size:
    detail = spark.sql(f"describe detail {table}")
    return detail.selectExpr("numFiles as files", "sizeInBytes as bytes").collect()[0].asDict()
