"""Measures a day without a platform: DuckDB and deltalake in one process, on the same bronze files.

`python -m tests.bench.one_process HOME DAY...` carries the days one after the other into Delta tables of its
own and prints the costs of the last day as JSON. The oracle judges the records. There is no ledger,
there are no versions and no checks: this is a lower bound to compare with, not an alternative.
"""

import json
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from deltalake import DeltaTable, write_deltalake

from local_stack.home import Home
from spark_jobs.contracts.contract import names, source_columns
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack
from tests.oracle.silver import judge, open_oracle

HERE = Path(__file__).parent
RECEIVED, CHANGES = ((HERE / f"{name}.sql").read_text() for name in ("one_process", "one_process_changes"))
TEXTS = ", ".join(f"{name}: 'VARCHAR'" for name in names(source_columns(OrderLines)))
ROOT = "s3://datalake/bench/one_process"
KEYS = {
    "order_items": ("order_id", "product_id"),
    "customers": ("customer_id",),
    "products": ("product_id",),
}
# The figures of `business_metrics`, over all orders.
METRICS = """
with orders as (
    select order_id, any_value(customer_id) as customer_id, cast(any_value(order_date) as date) as order_date,
        max_by(order_status, partition_date) as order_status, sum(total_amount) as total_amount
    from items group by order_id
)
select order_date, count(*) as orders, count(distinct customer_id) as customers,
    sum(total_amount) filter (where order_status not in ('cancelled', 'returned')) as revenue
from orders group by order_date"""


def carry(lakehouse: Lakehouse, day: date) -> int:
    """Make silver and gold of a day; returns the rows of silver."""
    storage: dict[str, str] = {**lakehouse.storage, "AWS_CONDITIONAL_PUT": "etag"}
    manifest = lakehouse.manifest(day)
    with tempfile.TemporaryDirectory() as folder, open_oracle(lakehouse.pipeline.limits) as database:
        for file in manifest.files:
            lakehouse.s3.download_file("datalake", f"{manifest.prefix}{file.name}", f"{folder}/{file.name}")
        database.execute(RECEIVED.format(folder=folder, day=day, columns=TEXTS))
        judge(database, OrderLines)
        database.execute(CHANGES)
        lines = database.table("order_lines").to_arrow_table()
        _replace("order_lines", lines, storage, f"partition_date = '{day}'", ["partition_date"])
        for table, key in KEYS.items():
            _merge(table, key, database.table(table).to_arrow_table(), storage)
        database.register(
            "items", DeltaTable(f"{ROOT}/order_items", storage_options=storage).to_pyarrow_table()
        )
        _replace("business_metrics", database.sql(METRICS).to_arrow_table(), storage)
    return lines.num_rows


def _replace(
    table: str, rows: Any, storage: dict[str, str], where: str | None = None, by: list[str] | None = None
) -> None:
    place = f"{ROOT}/{table}"
    predicate = where if DeltaTable.is_deltatable(place, storage_options=storage) else None
    write_deltalake(
        place, rows, mode="overwrite", predicate=predicate, partition_by=by, storage_options=storage
    )


def _merge(table: str, key: tuple[str, ...], rows: Any, storage: dict[str, str]) -> None:
    place = f"{ROOT}/{table}"
    if not DeltaTable.is_deltatable(place, storage_options=storage):
        _replace(table, rows, storage)
        return
    same_key = " and ".join(f"held.{column} = change.{column}" for column in key)
    merge = DeltaTable(place, storage_options=storage).merge(
        rows, same_key, source_alias="change", target_alias="held"
    )
    merge.when_matched_update_all().when_not_matched_insert_all().execute()


if __name__ == "__main__":
    place, *days = sys.argv[1:]
    bench = Lakehouse(Stack(Home(Path(place))))
    for earlier in days[:-1]:
        carry(bench, date.fromisoformat(earlier))
    started = time.monotonic()
    silver_rows = carry(bench, date.fromisoformat(days[-1]))
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "peak_bytes": peak, "rows": silver_rows}))
