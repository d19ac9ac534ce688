"""Keeps the gold tables in order: Iceberg's small files, old snapshots and files that nothing refers to.

PyIceberg says what there is to do, Trino does it.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from shopflow_assets.gold.iceberg_catalog import current_files, gold_catalog, month_column
from shopflow_assets.gold.months import in_months
from shopflow_assets.gold.trino import query
from shopflow_assets.settings import Settings

if TYPE_CHECKING:
    from pyiceberg.manifest import DataFile
    from pyiceberg.table import Table

# Trino's own default: larger files are left as they are, unless rows of them are deleted.
SMALL_BYTES = 100 * 1024 * 1024


def tidy(settings: Settings, table: str) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Compact what was written since the last time, expire old snapshots, delete orphan files.

    No row changes. In a table by months only those months are rewritten that have several small files or
    deleted rows. Trino refuses a retention of less than a week.

    Returns:
        Files (data and deletes), bytes and snapshots of the table before and after.
    """
    before = _load(settings, table)
    if (condition := what_to_compact(before)) is not None:
        where = f"where {condition}" if condition else ""
        query(
            settings, f"alter table {table} execute optimize(file_size_threshold => '{SMALL_BYTES}B') {where}"
        )
    retention = f"(retention_threshold => '{settings.retention_hours:d}h')"
    query(settings, f"alter table {table} execute expire_snapshots{retention}")
    query(settings, f"alter table {table} execute remove_orphan_files{retention}")
    return size(before), size(_load(settings, table))


def what_to_compact(table: "Table") -> str | None:
    """The condition on the months worth rewriting: empty for a table without partitions, None for no need.

    Raises:
        ValueError: the table has other partitions than months.
    """
    column = month_column(table)
    if column is None and table.spec().fields:
        raise ValueError(f"expected partitions by month, found {table.spec()}: add them to {__name__}")
    by_month: dict[int, list[DataFile]] = defaultdict(list)
    for file in current_files(table):
        by_month[file.partition[0] if column else 0].append(file)
    worth_it = sorted(month for month, files in by_month.items() if _is_worth_rewriting(files))
    if not worth_it:
        return None
    # One condition, so that there is one commit for all months.
    return in_months(column, worth_it) if column else ""


def size(table: "Table") -> dict[str, int]:
    """How many files (data and deletes), bytes and snapshots the table has."""
    files = current_files(table)
    return {
        "files": len(files),
        "bytes": sum(file.file_size_in_bytes for file in files),
        "snapshots": len(table.snapshots()),
    }


def _is_worth_rewriting(files: "list[DataFile]") -> bool:
    from pyiceberg.manifest import DataFileContent

    small = [file for file in files if file.file_size_in_bytes < SMALL_BYTES]
    return len(small) > 1 or any(file.content != DataFileContent.DATA for file in files)


def _load(settings: Settings, table: str) -> "Table":
    """The table as it is now, by its name in Trino: `gold.schema."table"`."""
    catalog = gold_catalog(
        settings.iceberg_url,
        settings.s3_endpoint,
        settings.s3_region,
        settings.dagster_s3_access_key.get_secret_value(),
        settings.dagster_s3_secret_key.get_secret_value(),
    )
    _, schema, name = table.replace('"', "").split(".")
    return catalog.load_table((schema, name))
