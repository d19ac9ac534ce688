"""Trino shows every landed record of the shop's database, value by value."""

import json

import polars as pl
import pytest

from shopflow_assets.domains.shop import DOMAIN
from spark_jobs.manifest import day_prefix
from spark_jobs.silver_table import SilverTable
from tests.harness.lakehouse import Lakehouse
from tests.road.carried import DAYS

pytestmark = pytest.mark.domain("shop")


def _landed(road: Lakehouse, table: SilverTable) -> pl.DataFrame:
    """The lines of the objects that the manifests list."""
    days = []
    for day in DAYS:
        key = day_prefix("shop/landings", day) + "manifest.json"
        manifest = json.loads(road.s3.get_object(Bucket="datalake", Key=key)["Body"].read())
        for file in manifest["files"].get(table.rules.table, ()):
            key = day_prefix(table.rules.feed_folder, day) + file["name"]
            lines = road.s3.get_object(Bucket="datalake", Key=key)["Body"].read()
            schema = dict.fromkeys(table.source_names, pl.String)
            days.append(
                pl.read_ndjson(lines, schema=schema).select(pl.lit(day).alias("partition_date"), pl.all())
            )
    return pl.concat(days)


@pytest.mark.parametrize("table", DOMAIN.tables, ids=lambda table: table.rules.table)
def test_trino_shows_what_the_manifests_list(road: Lakehouse, table: SilverTable) -> None:
    landed = _landed(road, table)
    days = f"partition_date between date '{DAYS[0]}' and date '{DAYS[-1]}'"
    rows = road.sql(f"select * from bronze.raw.{table.rules.table} where {days}")
    shown = pl.DataFrame(rows, schema=landed.schema, orient="row")
    assert shown.height == landed.height > 0
    assert shown.sort("partition_date", "_pos").equals(landed.sort("partition_date", "_pos"))
