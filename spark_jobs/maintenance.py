"""Keeps the silver tables in order: few files per day, and no files that nothing needs any more."""

from pyspark.sql import SparkSession

from spark_jobs.contracts.contract import Contract
from spark_jobs.delta_tables import location


def tidy(
    spark: SparkSession, contract: type[Contract], retention_hours: int
) -> tuple[dict[str, int], dict[str, int]]:
    """Compact a silver table and delete files that its versions of the last hours do not need.

    Rows stay as they are. Delta passes over days that are one file already, so the cost follows what changed
    since the last time, plus one listing of the table's files.

    Args:
        spark: a session on the one driver that writes Delta.
        contract: the table.
        retention_hours: how long files are kept after they left the table; Delta refuses less than 168, in
            which a reader or writer that began before might still need them.

    Returns:
        Files and bytes of the table before and after.
    """
    table = f"delta.`{location(contract)}`"
    before = _size(spark, table)
    spark.sql(f"optimize {table}").collect()
    spark.sql(f"vacuum {table} retain {retention_hours:d} hours").collect()
    return before, _size(spark, table)


def _size(spark: SparkSession, table: str) -> dict[str, int]:
    detail = spark.sql(f"describe detail {table}")
    return detail.selectExpr("numFiles as files", "sizeInBytes as bytes").collect()[0].asDict()
