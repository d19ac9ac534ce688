"""A simulated shop in which little happens, and the empty silver tables of a small domain."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from pyspark.sql import SparkSession

from spark_jobs.delta_tables import create
from tests.harness.shop_source import ShopSource
from tests.harness.stack import Stack
from tests.spark.shop.landing.pipeline import happens
from tests.spark.shop.runs.small_domain import Runs

ORDER = "2, '2026-01-01 09:00', 'paid', {}, 'web', 3, 'card', 0, 4.90, 0.10, 'EUR', '2026-01-01 10:00'"


@pytest.fixture(scope="module")
def runs(stack: Stack, spark: SparkSession) -> Iterator[Runs]:
    """A shop with two orders and a supplier, of which nothing is landed."""
    source = ShopSource(stack, "shop_runs")
    source.create()
    try:
        happens(
            source,
            datetime(2026, 1, 1, 10),
            "set session_replication_role = replica",
            f"insert into shop.orders values (1, {ORDER.format('25.00')}), (2, {ORDER.format('7.31')})",
            "insert into shop.suppliers values (1, 'Acme', 'DE', '2026-01-01 10:00')",
        )
        runs = Runs(source)
        for table in runs.domain.tables:
            create(spark, table)
            spark.sql(f"delete from {table.in_sql}").collect()
        yield runs
    finally:
        source.drop()
