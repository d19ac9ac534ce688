"""Which versions of rows are landed, read from bronze."""

import json
from collections.abc import Iterable

from shopflow_assets.sources.database.landed.landed_day import DatabaseDay
from shopflow_assets.sources.store import ObjectStore
from spark_jobs.contracts.table import Table
from spark_jobs.contracts.versions import own_key
from spark_jobs.manifest import day_prefix

_BEGINS = b'{"_pos":"'
# Key and place of a version.
Version = tuple[tuple[str | None, ...], int]


def landed_versions(
    lake: ObjectStore, table: Table, days: Iterable[DatabaseDay | None], epoch: int, from_place: int
) -> set[Version]:
    """The versions of a table that some days hold, of an epoch and from a place on."""
    key, versions = own_key(table), set()
    start = f"{epoch:04d}/{from_place:016X}/".encode()
    for landed in filter(None, days):
        prefix = day_prefix(table.rules.feed_folder, landed.partition_date)
        for file in landed.files.get(table.rules.table, ()):
            stored = lake.get(prefix + file.name)
            for line in stored[0].splitlines() if stored else ():
                position = line[len(_BEGINS) : len(_BEGINS) + len(start)]
                # Lines of earlier places and other epochs need not be parsed.
                if position >= start and position[:5] == start[:5]:
                    record = json.loads(line)
                    versions.add((tuple(record.get(name) for name in key), int(position[5:21], 16)))
    return versions
