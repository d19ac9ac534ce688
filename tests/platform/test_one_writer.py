"""One writer per table: runs that are started together take turns at Spark and at dbt."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from rich.console import Console

from local_stack.backfill import asset_job, of_domain
from local_stack.dagster_api import ENDED, Webserver
from local_stack.follow import Follower
from local_stack.health import graphql
from shopflow_assets.run_tags import RANGE_END, RANGE_START
from tests.harness.stack import Stack, eventually
from tests.platform.carrier import GOLD_STEP, SILVER_STEP, Calendar, Carrier

LIMIT = 'mutation L($limit: Int!) { setConcurrencyLimit(concurrencyKey: "dbt", limit: $limit) }'
STEPS = """query R($id: ID!) { runOrError(runId: $id) { ... on Run {
           status stepStats { stepKey status startTime endTime } } } }"""


def launch(stack: Stack, first: date, last: date) -> str:
    """Start a run over the carrier's days, and wait for nothing."""
    webserver = Webserver(stack.settings)
    job = of_domain(asset_job(webserver), "post")
    return webserver.launch(job, {RANGE_START: f"{first}", RANGE_END: f"{last}"}, {})


@pytest.fixture(scope="module")
def runs(carrier: Carrier, calendar: Calendar) -> list[dict[str, Any]]:
    """Two runs over different days, launched one right after the other, when both have ended."""
    one, two = calendar.take(2)
    carrier.deliver_days(one, two)
    launched = [launch(carrier.stack, day, day) for day in (one, two)]
    found: list[dict[str, Any]] = []

    def ended() -> None:
        found[:] = [graphql(carrier.stack.settings, STEPS, {"id": run})["runOrError"] for run in launched]
        assert all(run["status"] in ENDED for run in found)

    eventually(ended, seconds=300)
    return found


@pytest.mark.parametrize("step", [SILVER_STEP, GOLD_STEP])
def test_steps_that_write_do_not_overlap(runs: list[dict[str, Any]], step: str) -> None:
    spans = sorted(
        (stats["startTime"], stats["endTime"])
        for run in runs
        for stats in run["stepStats"]
        if stats["stepKey"] == step
    )
    assert len(spans) == len(runs)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


def test_runs_that_are_started_together_all_succeed(runs: list[dict[str, Any]], carrier: Carrier) -> None:
    assert {run["status"] for run in runs} == {"SUCCESS"}
    assert carrier.gold() == carrier.expected()


def test_a_day_that_another_run_spoils_while_gold_waits_is_left_to_that_run(
    carrier: Carrier, calendar: Calendar
) -> None:
    stack = carrier.stack
    one, two = calendar.take(2)
    carrier.carry(one, two)
    before = carrier.hashes()
    with gold_waits(stack):
        run = launch(stack, one, two)

        def checked() -> None:
            steps = graphql(stack.settings, STEPS, {"id": run})["runOrError"]["stepStats"]
            done = {step["stepKey"] for step in steps if step["status"] == "SUCCESS"}
            assert {"silver__post__parcels__checks", "silver__post__scans__checks"} <= done

        eventually(checked, seconds=180)
        carrier.deliver(two, "broken.jsonl", "not a record\n" * 100)
        refused = carrier.attempt_backfill(two)
        assert "quarantined_share" in refused.stdout + refused.stderr
    report = Follower(Webserver(stack.settings), run, Console(quiet=True)).follow(2)
    assert report.status == "FAILURE"
    why = report.failed_steps["gold"]
    assert re.search(f"{two}: run .* made silver/post/(parcels|scans) of the day anew meanwhile", why)
    gold = {tuple(made) for asset, made in report.days.items() if asset.startswith("gold/")}
    assert gold == {(f"{one}",)}
    assert carrier.hashes() == before
    carrier.backfill(two, two, "--max-quarantined-share", "1")
    assert carrier.gold() == carrier.expected()


@contextmanager
def gold_waits(stack: Stack) -> Generator[None]:
    """No run gets its turn at dbt."""
    graphql(stack.settings, LIMIT, {"limit": 0})
    try:
        yield
    finally:
        graphql(stack.settings, LIMIT, {"limit": 1})
