"""A day of a million lines: each layer alone, compared with a bare Spark copy, then whole runs."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TypeVar

from spark_jobs.manifest import Manifest
from spark_jobs.session import connect
from tests.bench.measuring import Figures, measure, watching
from tests.bench.showing import console, show
from tests.harness.lakehouse import Lakehouse

T = TypeVar("T")
DAY, ORDERS = date(2026, 4, 1), 400_000
# A place where Spark may write that is no silver table.
BARE_TABLE = "s3://datalake/silver/bench/bare"


def million_lines(lakehouse: Lakehouse) -> None:
    """Measure landing and silver alone, then a run to gold; then silver and the run once more."""
    with console.status("simulating a million lines"):
        lakehouse.simulate(DAY, DAY, str(ORDERS))
    with console.status("landing them"):
        landing, landed = _seconds(lambda: lakehouse.feed.land(DAY, datetime.now(UTC)))
    if landed is None:
        sys.exit("nothing was simulated")
    with console.status("silver, between bare copies"):
        first, again = _silver(lakehouse, landed.manifest), _silver(lakehouse, landed.manifest)
    domain = lakehouse.rules.domain
    with console.status("carrying them to gold, twice"):
        run = measure(lakehouse.stack, domain, DAY)
        forced = measure(lakehouse.stack, domain, DAY, None, "--force")
    show(
        f"A day of {landed.manifest.records:,} lines",
        {
            "the first time": {"landing alone, s": landing, **first, **run},
            "the same day again": {**again, **forced},
        },
        "Silver is to take twice the time of a bare Spark read and write.",
    )


def _silver(lakehouse: Lakehouse, manifest: Manifest) -> Figures:
    with watching(lakehouse.stack) as watch:
        before = _bare_copy(lakehouse, manifest)
        silver, _ = _seconds(lambda: lakehouse.make_silver(manifest))
        after = _bare_copy(lakehouse, manifest)
    bare = (before + after) / 2
    return {
        "silver alone, s": silver,
        "a bare Spark read and write, s": bare,
        "silver alone, in bare copies": silver / bare,
        "silver alone, peak memory, GB": watch.peak_bytes / 1e9,
    }


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
    # The stack ends before this process does. An open session would then try to reach it.
    session.stop()
    return seconds


def _seconds(work: Callable[[], T]) -> tuple[float, T]:
    started = time.monotonic()
    done = work()
    return time.monotonic() - started, done
