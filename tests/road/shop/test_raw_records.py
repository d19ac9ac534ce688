"""Trino shows every landed record of the shop's database, value by value."""

import polars as pl
import pytest

from shopflow_assets.domains.shop import DOMAIN
from spark_jobs.silver_table import SilverTable
from tests.harness.lakehouse import Lakehouse
from tests.road.carried import SHOP_DAYS
from tests.road.shop.bronze import landed_objects


def _landed(road: Lakehouse, table: SilverTable) -> pl.DataFrame:
    """The lines of the objects that the manifests list."""
    schema = dict.fromkeys(table.source_names, pl.String)
    return pl.concat(
        pl.read_ndjson(lines, schema=schema).select(pl.lit(day).alias("partition_date"), pl.all())
        for day, _, lines in landed_objects(road, table)
    )


@pytest.mark.parametrize("table", DOMAIN.tables, ids=lambda table: table.rules.table)
def test_trino_shows_what_the_manifests_list(road: Lakehouse, table: SilverTable) -> None:
    landed = _landed(road, table)
    days = f"partition_date between date '{SHOP_DAYS[0]}' and date '{SHOP_DAYS[-1]}'"
    rows = road.sql(f"select * from bronze.raw.{table.rules.table} where {days}")
    shown = pl.DataFrame(rows, schema=landed.schema, orient="row")
    assert shown.height == landed.height > 0
    assert shown.sort("partition_date", "_pos").equals(landed.sort("partition_date", "_pos"))
