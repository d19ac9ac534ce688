"""One writer per table: runs that are started together take turns at Spark and at dbt."""

from itertools import pairwise

import pytest

from local_stack.backfill import asset_job
from local_stack.dagster_api import ENDED, Webserver
from local_stack.health import graphql
from shopflow_assets.run_tags import RANGE_END, RANGE_START
from tests.integration.lakehouse import Lakehouse, days
from tests.integration.stack import Stack, eventually


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
    query = """query R($id: ID!) { runOrError(runId: $id) { ... on Run {
                 status stepStats { stepKey startTime endTime } } } }"""
    found: list[dict] = []

    def ended() -> None:
        found[:] = [graphql(stack.settings, query, {"id": run})["runOrError"] for run in launched]
        assert all(run["status"] in ENDED for run in found)

    eventually(ended, seconds=300)
    return found
