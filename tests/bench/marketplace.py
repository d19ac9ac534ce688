"""Small days of the marketplace: a warm day after a week, and thirty days in one run."""

import json
import subprocess
import sys
from datetime import date

import polars as pl

from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.contracts.quality import Quarantine
from tests.bench.measuring import Figures, measure, slowest_models
from tests.bench.showing import console, show
from tests.harness.lakehouse import Lakehouse, days

ORDERS = 5_000
# One run per day: that makes the engines warm.
WEEK, WARM_DAY = days(7), date(2026, 1, 8)
THIRTY_DAYS, DAY_AFTER = (date(2026, 2, 1), date(2026, 3, 2)), date(2026, 3, 3)


def week(lakehouse: Lakehouse) -> None:
    """Carry a week, one run per day, so that the engines are warm."""
    for day in WEEK:
        _carry(lakehouse, day)


def warm_day(lakehouse: Lakehouse) -> None:
    """Measure a warm day, and the same day in one process without a platform."""
    warm = _carry(lakehouse, WARM_DAY)
    alone = _one_process(lakehouse)
    one_process = {"whole run, s": alone["seconds"], "peak memory, GB": alone["peak_bytes"] / 1e9}
    ratio = warm["whole run, s"] / alone["seconds"]
    show(
        f"A warm day of {ORDERS:,} orders, after a week of days",
        {"ShopFlow (target 20 s)": warm, "one process (DuckDB, deltalake)": one_process},
        f"ShopFlow takes {ratio:.1f} times as long as one process.",
    )


def thirty_days(lakehouse: Lakehouse) -> None:
    """Measure thirty days in one run, and the day after them."""
    together, later = _carry(lakehouse, *THIRTY_DAYS), _carry(lakehouse, DAY_AFTER)
    show(
        f"Days of {ORDERS:,} orders",
        {"thirty days in one run (target 60 s)": together, "the day after (target 20 s)": later},
    )
    slowest = dict(slowest_models(lakehouse.stack.home, lakehouse.rules.domain, 12))
    show("The slowest models and tests of the day after", {"seconds": slowest})


def _carry(lakehouse: Lakehouse, first: date, last: date | None = None) -> Figures:
    what = f"{first} to {last}" if last else f"{first}"
    with console.status(f"simulating {what}"):
        lakehouse.simulate(first, last or first, str(ORDERS))
    with console.status(f"carrying {what}"):
        return measure(lakehouse.stack, lakehouse.rules.domain, first, last)


def _one_process(lakehouse: Lakehouse) -> dict[str, float]:
    place = str(lakehouse.stack.home.path)
    command = [sys.executable, "-m", "tests.bench.one_process", place, *map(str, [*WEEK, WARM_DAY])]
    with console.status("the same day in one process"):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    alone = json.loads(done.stdout)
    silver, quarantine = (
        lakehouse.silver(contract).filter(pl.col("partition_date") == WARM_DAY)
        for contract in (OrderLines, Quarantine)
    )
    # DuckDB accepts a JSON line with an unknown key; for ShopFlow it is malformed.
    malformed = quarantine.filter(pl.col("reasons").list.first().str.starts_with("malformed")).height
    if not silver.height <= alone["rows"] <= silver.height + malformed:
        sys.exit(f"one process made {alone['rows']} rows, silver has {silver.height}: not the same work")
    return alone
