"""Keeps the gold tables in order: Iceberg's small files, old snapshots and files that nothing refers to."""

from collections.abc import Mapping

from shopflow_assets.gold.months import in_months, month_column
from shopflow_assets.gold.trino import query
from shopflow_assets.settings import Settings

# Trino's own default: larger files are left as they are, unless rows of them are deleted.
SMALL_BYTES = 100 * 1024 * 1024


def tidy(settings: Settings, table: str) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Compact what was written since the last time, forget old snapshots, delete files without an owner.

    Rows stay as they are. Of a table by months only those months are rewritten that a merge left in several
    small files or with deleted rows. Trino refuses a retention of less than a week.

    Returns:
        Files (data and deletes), bytes and snapshots of the table before and after.
    """
    before = _size(settings, table)
    for where in _touched(settings, table):
        query(
            settings, f"alter table {table} execute optimize(file_size_threshold => '{SMALL_BYTES}B') {where}"
        )
    retention = f"(retention_threshold => '{settings.retention_hours:d}h')"
    query(settings, f"alter table {table} execute expire_snapshots{retention}")
    query(settings, f"alter table {table} execute remove_orphan_files{retention}")
    return before, _size(settings, table)


def _touched(settings: Settings, table: str) -> list[str]:
    """The WHERE clause that picks what is worth rewriting, none when nothing is."""
    month_of = _month_column(settings, table)
    partition = f"partition.{month_of}_month" if month_of else "0"
    found = query(
        settings,
        f"""
        select {partition} as part from {_metadata(table, "files")}
        group by 1
        having count_if(content <> 0) > 0 or count_if(file_size_in_bytes < {SMALL_BYTES}) > 1
        order by 1
        """,
    )
    if not month_of:
        return ["" for _ in found]
    # One commit for all months.
    return [f"where {in_months(month_of, (row['part'] for row in found))}"] if found else []


def _month_column(settings: Settings, table: str) -> str | None:
    """The column whose months partition the table; None for a table without partitions."""
    columns = {row["Column"]: row["Type"] for row in query(settings, f"describe {_metadata(table, 'files')}")}
    if "partition" not in columns:
        return None
    found = month_column(columns["partition"])
    if not found:
        raise ValueError(
            f"expected partitions by month, found {columns['partition']}: teach {__name__} of them"
        )
    return found


def _size(settings: Settings, table: str) -> dict[str, int]:
    [size] = query(
        settings,
        f"""
        select
            count(*) as files,
            coalesce(sum(file_size_in_bytes), 0) as bytes,
            (select count(*) from {_metadata(table, "snapshots")}) as snapshots
        from {_metadata(table, "files")}
        """,
    )
    return size


def _metadata(table: str, kind: str) -> str:
    """Iceberg's own tables about a table."""
    return f'{table.removesuffix(chr(34))}${kind}"'
