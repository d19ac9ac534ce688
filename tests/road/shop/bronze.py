"""The objects of the shop's bronze that the manifests of the lived days list."""

import json
from collections.abc import Iterator
from datetime import date

from spark_jobs.manifest import day_prefix
from spark_jobs.silver_table import SilverTable
from tests.harness.lakehouse import Lakehouse
from tests.road.carried import SHOP_DAYS


def landed_objects(road: Lakehouse, table: SilverTable) -> Iterator[tuple[date, str, bytes]]:
    """Day, name and bytes of each object of a table."""
    for day in SHOP_DAYS:
        key = day_prefix("shop/landings", day) + "manifest.json"
        manifest = json.loads(road.s3.get_object(Bucket="datalake", Key=key)["Body"].read())
        for file in manifest["files"].get(table.rules.table, ()):
            key = day_prefix(table.rules.feed_folder, day) + file["name"]
            yield day, file["name"], road.s3.get_object(Bucket="datalake", Key=key)["Body"].read()
