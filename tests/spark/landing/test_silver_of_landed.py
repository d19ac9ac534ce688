"""Silver of a day is made from what its manifest lists, read as it was counted, and from nothing else.

The days of all tests are made in three runs, because a run costs far more than one of its days: each day as
it was exported, then after it changed, then one of them again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import pytest

from shopflow_assets.sources.files.landing import Feed
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.manifest import Manifest
from spark_jobs.silver_job import SilverResult
from tests.harness.lakehouse import Lakehouse
from tests.spark.landing.deliveries import LATER, fresh_day, land, simulated_day

# Bronze keeps plain characters only, and cuts a long name.
ALIKE = ("north/orders.csv", "north_orders.csv", "north orders.csv", *("x" * n + ".csv" for n in (200, 240)))
STRAY = "orders-0123456789ab.csv"
MISCOUNTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "records": lambda file: {"records": file.records + 1},
    "characters": lambda file: {"characters": {**file.characters, "price": 1}},
}


@dataclass(frozen=True)
class Run:
    """A run over some days: its input, its result, and silver after it."""

    manifests: dict[str, Manifest]
    result: SilverResult
    silver: pl.DataFrame

    def day(self, name: str) -> date:
        return self.manifests[name].partition_date

    def rows(self, name: str, *left_out: str) -> pl.DataFrame:
        """Silver of a day."""
        rows = self.silver.filter(pl.col("partition_date") == self.day(name))
        return rows.sort("order_id", "product_id", "source_file").drop(left_out)


@pytest.fixture(scope="module")
def runs(lakehouse: Lakehouse, feed: Feed, tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    """The days, by what happens to them between the first and the second run."""
    truth = tmp_path_factory.mktemp("truth")
    days = {name: simulated_day(lakehouse, truth) for name in ("alike", "stray", *MISCOUNTS, "again")}
    manifests = {name: land(feed, day) for name, day in days.items()}
    _put_stray(lakehouse, manifests["stray"])
    first = _made(lakehouse, manifests)
    export = lakehouse.delivered(days["alike"], "orders.csv")
    for name in ALIKE:
        lakehouse.deliver(days["alike"], name, export)
    other = fresh_day(lakehouse)
    lakehouse.deliver(other, "orders.csv", lakehouse.delivered(days["again"], "orders.csv"))
    changed = {name: _miscounted(manifests[name], change) for name, change in MISCOUNTS.items()}
    changed |= {"alike": land(feed, days["alike"]), "other": land(feed, other, LATER)}
    return [first, _made(lakehouse, changed), _made(lakehouse, {"again": manifests["again"]})]


def _made(lakehouse: Lakehouse, manifests: dict[str, Manifest]) -> Run:
    result = lakehouse.make_silver(*manifests.values())
    return Run(manifests, result, lakehouse.silver(OrderLines))


def _put_stray(lakehouse: Lakehouse, manifest: Manifest) -> None:
    stray = lakehouse.delivered(manifest.partition_date, "orders.csv").encode()
    lakehouse.s3.put_object(Bucket="datalake", Key=f"{manifest.prefix}{STRAY}", Body=stray)


def _miscounted(manifest: Manifest, change: Callable[[Any], dict[str, Any]]) -> Manifest:
    file, *others = manifest.files
    wrong = file.model_copy(update=change(file))
    return manifest.model_copy(update={"files": (wrong, *others)})


def test_every_day_as_it_was_exported_is_made(runs: list[Run]) -> None:
    first = runs[0]
    assert first.result.problems == {}
    assert all(first.rows(name).height > 10 for name in first.manifests)


def test_equal_files_of_other_names_are_deliveries_of_one_set_of_lines(runs: list[Run]) -> None:
    before, after, _ = runs
    files = after.manifests["alike"].files
    assert len({file.name for file in files}) == len(files) == 2 + len(ALIKE)
    where_from = ("source_file", "ingested_at")
    assert after.rows("alike", *where_from).equals(before.rows("alike", *where_from))
    ledger = [run.result.ledger[run.day("alike")] for run in (before, after)]
    assert ledger[1]["duplicate_rows"] > ledger[0]["duplicate_rows"]


def test_an_object_that_no_manifest_lists_is_not_read(runs: list[Run]) -> None:
    run = runs[0]
    assert run.result.ledger[run.day("stray")]["bronze_rows"] == run.manifests["stray"].records
    assert STRAY not in set(run.rows("stray")["source_file"])


@pytest.mark.parametrize("counted", MISCOUNTS)
def test_a_day_that_spark_reads_otherwise_than_counted_is_left_as_it_was(
    runs: list[Run], counted: str
) -> None:
    before, after, _ = runs
    assert "the manifest counts" in after.result.problems[after.day(counted)]
    assert after.rows(counted).equals(before.rows(counted))


def test_a_day_that_is_misread_holds_up_no_other(runs: list[Run]) -> None:
    run = runs[1]
    assert run.result.problems.keys() == {run.day(name) for name in MISCOUNTS}
    assert run.result.ledger.keys() == {run.day(name) for name in ("alike", "other")}


def test_silver_of_a_day_depends_on_nothing_but_its_bronze(runs: list[Run]) -> None:
    before, between, after = runs
    assert between.rows("other").height > 0
    assert after.rows("again").equals(before.rows("again"))
