"""What Iceberg's own records say of a gold table, read from tables that PyIceberg wrote."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC, PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import DayTransform, MonthTransform, Transform
from pyiceberg.types import DateType, NestedField

from shopflow_assets.gold.iceberg import size, what_to_compact
from shopflow_assets.gold.iceberg_catalog import month_column, months_written

SCHEMA = Schema(NestedField(1, "order_date", DateType()))
JANUARY, MARCH = date(2026, 1, 5), date(2026, 3, 5)
IN_JANUARY = "(order_date >= date '2026-01-01' and order_date < date '2026-02-01')"
IN_MARCH = "(order_date >= date '2026-03-01' and order_date < date '2026-04-01')"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[SqlCatalog]:
    catalog = SqlCatalog("gold", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("shop")
    yield catalog
    catalog.close()


def spec(transform: Transform) -> PartitionSpec:
    return PartitionSpec(PartitionField(1, 1000, transform, "order_date_part"))


def table(catalog: SqlCatalog, partitions: PartitionSpec = UNPARTITIONED_PARTITION_SPEC) -> Table:
    return catalog.create_table(("shop", "orders"), SCHEMA, partition_spec=partitions)


def append(orders: Table, *days: date) -> int:
    """Add a file per day; returns the snapshot that this makes."""
    files = [f"{orders.location().removeprefix('file://')}-{uuid4()}.parquet" for _ in days]
    for file, day in zip(files, days, strict=True):
        pq.write_table(pa.table({"order_date": pa.array([day], pa.date32())}), file)
    orders.add_files(files)
    snapshot = orders.current_snapshot()
    assert snapshot is not None
    return snapshot.snapshot_id


@pytest.mark.parametrize(
    ("partitions", "column"),
    [
        (UNPARTITIONED_PARTITION_SPEC, None),
        (spec(MonthTransform()), "order_date"),
        (spec(DayTransform()), None),
    ],
)
def test_a_table_by_months_names_its_column(
    catalog: SqlCatalog, partitions: PartitionSpec, column: str | None
) -> None:
    assert month_column(table(catalog, partitions)) == column


def test_only_months_with_several_small_files_are_compacted(catalog: SqlCatalog) -> None:
    orders = table(catalog, spec(MonthTransform()))
    append(orders, JANUARY, MARCH)
    assert what_to_compact(orders) is None
    append(orders, MARCH)
    assert what_to_compact(orders) == IN_MARCH
    append(orders, JANUARY)
    assert what_to_compact(orders) == f"{IN_JANUARY} or {IN_MARCH}"


def test_a_table_without_partitions_is_compacted_as_a_whole(catalog: SqlCatalog) -> None:
    orders = table(catalog)
    assert what_to_compact(orders) is None
    append(orders, JANUARY)
    assert what_to_compact(orders) is None
    append(orders, MARCH)
    assert what_to_compact(orders) == ""


def test_a_table_by_days_is_refused(catalog: SqlCatalog) -> None:
    with pytest.raises(ValueError, match="expected partitions by month"):
        what_to_compact(table(catalog, spec(DayTransform())))


def test_the_size_of_a_table_is_that_of_its_newest_files(catalog: SqlCatalog) -> None:
    orders = table(catalog)
    assert size(orders) == {"files": 0, "bytes": 0, "snapshots": 0}
    append(orders, JANUARY)
    append(orders, MARCH)
    now = size(orders)
    assert (now["files"], now["snapshots"]) == (2, 2)
    assert now["bytes"] > 0
    orders.delete("order_date < '2026-02-01'")
    assert size(orders)["files"] == 1


def test_the_months_of_a_snapshot_are_those_in_which_it_added_or_removed_files(catalog: SqlCatalog) -> None:
    orders = table(catalog, spec(MonthTransform()))
    first = append(orders, JANUARY, MARCH)
    second = append(orders, MARCH)
    orders.delete("order_date < '2026-02-01'")
    third = orders.current_snapshot()
    assert third is not None
    january, march = (2026 - 1970) * 12, (2026 - 1970) * 12 + 2
    assert months_written(orders, [first]) == [january, march]
    assert months_written(orders, [second]) == [march]
    assert months_written(orders, [third.snapshot_id]) == [january]
    assert months_written(orders, [second, third.snapshot_id]) == [january, march]
