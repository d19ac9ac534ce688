"""Deletes objects of a database that no manifest lists.

A killed landing left them, or they have grown since: then a listed object holds their lines.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from shopflow_assets.sources.database.landed.landed_day import DatabaseDays
from shopflow_assets.sources.store import ObjectStore
from spark_jobs.manifest import day_prefix
from spark_jobs.silver_table import SilverTable

_OF_A_DAY = re.compile(r".*/year=(\d{4})/month=(\d\d)/day=(\d\d)/[^/]+\.jsonl")


def delete_unlisted(
    lake: ObjectStore, tables: Sequence[SilverTable], unused_since: datetime
) -> Mapping[SilverTable, tuple[int, int]]:
    """Delete a database's unlisted objects that were put before this time.

    No landing may run meanwhile: it could put such an object again and list it.

    Returns:
        The number of each table's objects before and after.
    """
    stored = {table: list(lake.objects(f"bronze/{table.rules.feed_folder}/")) for table in tables}
    old: dict[date, set[str]] = defaultdict(set)
    for each in (each for objects in stored.values() for each in objects):
        if each.modified_at < unused_since and (of_day := _OF_A_DAY.fullmatch(each.key)):
            old[date(*map(int, of_day.groups()))].add(each.key)
    deleted: set[str] = set()
    for day, keys in old.items():
        # Each manifest is read after the listing, so that it has what was committed until then.
        unlisted = keys - _listed(lake, tables, day)
        lake.delete(unlisted)
        deleted |= unlisted
    return {
        table: (len(objects), sum(each.key not in deleted for each in objects))
        for table, objects in stored.items()
    }


def _listed(lake: ObjectStore, tables: Sequence[SilverTable], day: date) -> set[str]:
    landed = DatabaseDays(tables[0].domain, lake).day(day)
    files = landed.files if landed else {}
    return {
        day_prefix(table.rules.feed_folder, day) + file.name
        for table in tables
        for file in files.get(table.rules.table, ())
    }
