"""Reads Iceberg's own records of the gold tables: their snapshots, files and partitions. It changes nothing.

PyIceberg reads them from Iceberg's catalog in PostgreSQL and the metadata files in MinIO, as the user that
Dagster has in both.
"""

from collections.abc import Collection, Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.manifest import DataFile, ManifestEntry
    from pyiceberg.table import Table

# The catalog's name inside of its database, as in infra/trino/catalog/gold.properties.
NAME = "gold"


@cache
def gold_catalog(
    database_url: str, s3_endpoint: str, s3_region: str, s3_access_key: str, s3_secret_key: str
) -> "SqlCatalog":
    """The catalog of the gold tables; `database_url` is a `postgresql://` one."""
    from pyiceberg.catalog.sql import SqlCatalog

    return SqlCatalog(
        NAME,
        uri=database_url.replace("postgresql://", "postgresql+psycopg://", 1),
        # The user may read the catalog's tables and create none.
        init_catalog_tables="false",
        # Minutes may pass between two looks, and the server may have been started again.
        pool_pre_ping="true",
        **{
            "s3.endpoint": s3_endpoint,
            "s3.region": s3_region,
            "s3.access-key-id": s3_access_key,
            "s3.secret-access-key": s3_secret_key,
        },
    )


def month_column(table: "Table") -> str | None:
    """The column whose months partition the table; None for a table without partitions, or with others."""
    from pyiceberg.transforms import MonthTransform

    fields = table.spec().fields
    if len(fields) != 1 or not isinstance(fields[0].transform, MonthTransform):
        return None
    return table.schema().find_column_name(fields[0].source_id)


def current_files(table: "Table") -> "list[DataFile]":
    """The data files of the table as it is now, and the files that say which of their rows are deleted."""
    snapshot = table.current_snapshot()
    manifests = snapshot.manifests(table.io) if snapshot else []
    return [entry.data_file for manifest in manifests for entry in manifest.fetch_manifest_entry(table.io)]


def months_written(table: "Table", snapshots: Collection[int]) -> list[int]:
    """The months, counted from January 1970, in which these snapshots of a table by months changed files."""
    return sorted({entry.data_file.partition[0] for entry in _changed_files(table, snapshots)})


def _changed_files(table: "Table", snapshots: Collection[int]) -> "Iterator[ManifestEntry]":
    for snapshot in table.snapshots():
        number = snapshot.snapshot_id
        for manifest in snapshot.manifests(table.io) if number in snapshots else ():
            # A snapshot's changes are in the manifests that it wrote. These also list older files.
            if manifest.added_snapshot_id == number:
                entries = manifest.fetch_manifest_entry(table.io, discard_deleted=False)
                yield from (entry for entry in entries if entry.snapshot_id == number)
