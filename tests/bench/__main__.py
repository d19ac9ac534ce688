"""`make bench`: what a warm day, thirty days in one run and a day of a million lines cost on this machine.

Absolute times are noisy; ratios within one run of this program are what to compare before and after a change.
Everything happens in a home of its own, which is deleted at the end.
"""

import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from local_stack.home import Home
from shopflow_assets.sources.files.landing import Feed
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.contracts.quality import Quarantine
from spark_jobs.manifest import Manifest
from spark_jobs.session import connect
from tests.bench.measuring import RunTimes, peak_memory, slowest_models
from tests.harness.lakehouse import Lakehouse, days
from tests.harness.stack import Stack

ORDERS = 5_000
# A run for each: engines are warm when they have done day after day.
WEEK, WARM_DAY = days(7), date(2026, 1, 8)
THIRTY_DAYS, DAY_AFTER = (date(2026, 2, 1), date(2026, 3, 2)), date(2026, 3, 3)
MILLION_DAY, MILLION_ORDERS = date(2026, 4, 1), 400_000
# Where Spark may write beside the silver tables.
BARE_TABLE = "s3://datalake/silver/bench/bare"

console = Console()


def main() -> None:
    """Run all of it and print the tables."""
    with tempfile.TemporaryDirectory(prefix="shopflow-bench-") as folder:
        lakehouse = Lakehouse(Stack(Home(Path(folder) / "home")))
        with console.status("starting the stack"):
            lakehouse.stack.shopflow("up")
        try:
            _days(lakehouse)
            _million_lines(lakehouse)
        finally:
            lakehouse.stack.shopflow("reset", "--yes")


def _days(lakehouse: Lakehouse) -> None:
    for day in WEEK:
        _carry(lakehouse, day, day)
    warm, warm_bytes = _carry(lakehouse, WARM_DAY, WARM_DAY)
    _show("a warm day, after a week of days", warm, warm_bytes, target=20)
    alone = _one_process(lakehouse)
    seconds, gigabytes = alone["seconds"], alone["peak_bytes"] / 1e9
    console.print(f"one process (DuckDB, deltalake), same day: {seconds:.1f} s, peak {gigabytes:.1f} GB")
    console.print(f"ShopFlow takes {warm.whole / seconds:.1f} times that\n")
    many, many_bytes = _carry(lakehouse, *THIRTY_DAYS)
    _show("thirty days in one run", many, many_bytes, target=60)
    later, later_bytes = _carry(lakehouse, DAY_AFTER, DAY_AFTER)
    _show("the day after them", later, later_bytes, target=20)
    table = Table("its slowest models and tests", "seconds")
    for name, seconds in slowest_models(lakehouse.stack.home, 12):
        table.add_row(name, f"{seconds:.1f}")
    console.print(table)


def _carry(lakehouse: Lakehouse, first: date, last: date) -> tuple[RunTimes, int]:
    with console.status(f"simulating {first} to {last}"):
        lakehouse.simulate(first, last, str(ORDERS))
    return _run(lakehouse, first, last)


def _run(lakehouse: Lakehouse, first: date, last: date) -> tuple[RunTimes, int]:
    with console.status(f"carrying {first} to {last}"), peak_memory(lakehouse.stack) as peak:
        lakehouse.backfill(first, last)
    return RunTimes.of_newest(lakehouse.stack.home), peak.bytes


def _show(what: str, times: RunTimes, peak_bytes: int, *, target: float | None = None) -> None:
    aim = f" (target {target:.0f} s)" if target else ""
    table = Table(what, f"{times.whole:.1f} s{aim}, peak {peak_bytes / 1e9:.1f} GB")
    for step, seconds in times.steps.items():
        table.add_row(step, f"{seconds:.1f}")
    table.add_row("between the steps", f"{times.whole - sum(times.steps.values()):.1f}")
    console.print(table)


def _one_process(lakehouse: Lakehouse) -> dict[str, float]:
    place = str(lakehouse.stack.home.path)
    command = [sys.executable, "-m", "tests.bench.one_process", place, *map(str, [*WEEK, WARM_DAY])]
    with console.status("the same day in one process"):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    silver, quarantine = (
        lakehouse.silver(contract).filter(pl.col("partition_date") == WARM_DAY)
        for contract in (OrderLines, Quarantine)
    )
    # DuckDB takes a JSON line with an unknown key, which ShopFlow calls malformed.
    malformed = quarantine.filter(pl.col("reasons").list.first().str.starts_with("malformed")).height
    if not silver.height <= found["rows"] <= silver.height + malformed:
        sys.exit(f"one process made {found['rows']} rows, silver has {silver.height}: not the same work")
    return found


def _million_lines(lakehouse: Lakehouse) -> None:
    with console.status("simulating a million lines"):
        lakehouse.simulate(MILLION_DAY, MILLION_DAY, str(MILLION_ORDERS))
    feed: Feed = lakehouse.feed
    started = time.monotonic()
    with console.status("landing them"):
        landed = feed.land(MILLION_DAY, datetime.now(UTC))
    landing = time.monotonic() - started
    if landed is None:
        sys.exit("nothing was simulated")
    manifest = landed.manifest
    table = Table(f"a day of {manifest.records:,} lines", "seconds")
    table.add_row("landing", f"{landing:.1f}")
    with console.status("silver, between bare copies"), peak_memory(lakehouse.stack) as peak:
        before = _bare_copy(lakehouse, manifest)
        for which in ("the first such day", "the same once more"):
            started = time.monotonic()
            lakehouse.make_silver(manifest)
            silver = time.monotonic() - started
            after = _bare_copy(lakehouse, manifest)
            times = 2 * silver / (before + after)
            table.add_row(
                f"silver, {which}",
                f"{silver:.1f}, {times:.1f} times a bare Spark read and write "
                f"(before it {before:.1f}, after it {after:.1f}; target 2)",
            )
            before = after
    table.add_row("peak", f"{peak.bytes / 1e9:.1f} GB")
    console.print(table)
    for which in ("a run of that day, to gold", "the same run once more"):
        _show(which, *_run(lakehouse, MILLION_DAY, MILLION_DAY))


def _bare_copy(lakehouse: Lakehouse, manifest: Manifest) -> float:
    """Seconds in which Spark reads the files as text columns and writes them as they are."""
    session = connect(lakehouse.pipeline.spark_remote)
    started = time.monotonic()
    places = [f"s3://datalake/{manifest.prefix}{file.name}" for file in manifest.files]
    csv, jsonl = ([place for place in places if place.endswith(end)] for end in (".csv", ".jsonl"))
    lines = session.read.csv(csv, header=True, multiLine=True, escape='"')
    schema = ", ".join(f"{name} string" for name in lines.columns)
    rows = lines.unionByName(session.read.schema(schema).json(jsonl))
    rows.write.format("delta").mode("overwrite").save(BARE_TABLE)
    seconds = time.monotonic() - started
    # The stack goes before this process does; a session that is left would look for it.
    session.stop()
    return seconds


if __name__ == "__main__":
    main()
