"""One writer per table: runs that are started together take turns at Spark and at dbt."""

from collections.abc import Generator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from rich.console import Console

from local_stack.backfill import asset_job
from local_stack.dagster_api import ENDED, Webserver
from local_stack.follow import Follower
from local_stack.health import graphql
from shopflow_assets.run_tags import RANGE_END, RANGE_START
from tests.harness.lakehouse import Lakehouse, days
from tests.harness.stack import Stack, eventually

LIMIT = 'mutation L($limit: Int!) { setConcurrencyLimit(concurrencyKey: "dbt", limit: $limit) }'
STEPS = """query R($id: ID!) { runOrError(runId: $id) { ... on Run {
           status stepStats { stepKey status startTime endTime } } } }"""


@pytest.mark.parametrize("step", ["silver__ecommerce__order_lines", "gold"])
def test_steps_that_write_do_not_overlap(runs: list[dict], step: str) -> None:
    spans = sorted(
        (stats["startTime"], stats["endTime"])
        for run in runs
        for stats in run["stepStats"]
        if stats["stepKey"] == step
    )
    assert len(spans) == len(runs)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


def test_runs_that_are_started_together_all_succeed(runs: list[dict]) -> None:
    assert {run["status"] for run in runs} == {"SUCCESS"}


@pytest.fixture(scope="module")
def runs(stack: Stack) -> list[dict]:
    """Two runs over different days, launched one right after the other, when both have ended."""
    lakehouse = Lakehouse(stack)
    lakehouse.empty()
    together = days(2)
    lakehouse.simulate(together[0], together[-1])
    webserver = Webserver(stack.settings)
    job = asset_job(webserver)
    launched = [webserver.launch(job, {RANGE_START: f"{d}", RANGE_END: f"{d}"}, {}) for d in together]
    found: list[dict] = []

    def ended() -> None:
        found[:] = [graphql(stack.settings, STEPS, {"id": run})["runOrError"] for run in launched]
        assert all(run["status"] in ENDED for run in found)

    eventually(ended, seconds=300)
    return found


def test_a_day_that_another_run_spoils_while_gold_waits_is_left_to_that_run(stack: Stack) -> None:
    lakehouse = Lakehouse(stack)
    lakehouse.empty()
    one, two = days(2)
    lakehouse.simulate(one, two)
    lakehouse.backfill(one, two)
    before = lakehouse.hashes()
    webserver = Webserver(stack.settings)
    with gold_waits(stack):
        run = webserver.launch(asset_job(webserver), {RANGE_START: f"{one}", RANGE_END: f"{two}"}, {})

        def checked() -> None:
            steps = graphql(stack.settings, STEPS, {"id": run})["runOrError"]["stepStats"]
            assert ("silver__ecommerce__order_lines__checks", "SUCCESS") in {
                (step["stepKey"], step["status"]) for step in steps
            }

        eventually(checked, seconds=180)
        first, *others = lakehouse.delivered(two, "orders.jsonl").splitlines(keepends=True)
        assert "order_id" in first
        lakehouse.deliver(two, "orders.jsonl", "".join([*others, *["not a record\n"] * 1_000]))
        refused = lakehouse.attempt_backfill(two)
        assert "quarantined_share" in refused.stdout + refused.stderr
    report = Follower(webserver, run, Console(quiet=True)).follow(2)
    assert report.status == "FAILURE"
    assert "made silver/ecommerce/order_lines of the day anew meanwhile" in report.failed_steps["gold"]
    gold = {tuple(made) for asset, made in report.days.items() if asset.startswith("gold/")}
    assert gold == {(f"{one}",)}
    assert lakehouse.hashes() == before


@contextmanager
def gold_waits(stack: Stack) -> Generator[None]:
    """No run gets its turn at dbt."""
    graphql(stack.settings, LIMIT, {"limit": 0})
    try:
        yield
    finally:
        graphql(stack.settings, LIMIT, {"limit": 1})
