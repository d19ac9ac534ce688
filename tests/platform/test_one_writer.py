"""One writer per table: runs that are started together take turns at Spark and at dbt."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from subprocess import CompletedProcess
from typing import Any

import pytest
from rich.console import Console

from local_stack.backfill import asset_job, of_domain
from local_stack.dagster_api import ENDED, Webserver
from local_stack.follow import Follower
from local_stack.health import graphql
from local_stack.run_report import RunReport
from shopflow_assets.run_tags import RANGE_END, RANGE_START
from tests.harness.lakehouse import Hashes
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
def days(calendar: Calendar) -> list[date]:
    return calendar.take(2)


@pytest.fixture(scope="module")
def runs(carrier: Carrier, days: list[date]) -> list[dict[str, Any]]:
    """Two runs over different days, launched one right after the other, when both have ended."""
    carrier.deliver_days(*days)
    launched = [launch(carrier.stack, day, day) for day in days]
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


@dataclass(frozen=True)
class Overtaken:
    """A run whose gold waited while another run spoiled its second day, and that other run."""

    report: RunReport
    other: CompletedProcess[str]
    hashes_before: Hashes
    hashes_after: Hashes


@pytest.fixture(scope="module")
def overtaken(runs: list[dict[str, Any]], carrier: Carrier, days: list[date]) -> Overtaken:
    """The days of the other tests are run again, and the second one is delivered anew meanwhile."""
    stack, (one, two) = carrier.stack, days
    before = carrier.hashes()
    with gold_waits(stack):
        run = launch(stack, one, two)

        def checked() -> None:
            steps = graphql(stack.settings, STEPS, {"id": run})["runOrError"]["stepStats"]
            done = {step["stepKey"] for step in steps if step["status"] == "SUCCESS"}
            assert {"silver__post__parcels__checks", "silver__post__scans__checks"} <= done

        eventually(checked, seconds=180)
        carrier.deliver(two, "broken.jsonl", "not a record\n" * 10)
        other = carrier.attempt_backfill(two)
    report = Follower(Webserver(stack.settings), run, Console(quiet=True)).follow(2)
    return Overtaken(report, other, before, carrier.hashes())


def test_a_day_that_another_run_spoils_while_gold_waits_is_left_to_that_run(
    overtaken: Overtaken, days: list[date]
) -> None:
    report, (one, two) = overtaken.report, days
    assert report.status == "FAILURE"
    why = report.failed_steps["gold"]
    assert re.search(f"{two}: run .* made silver/post/(parcels|scans) of the day anew meanwhile", why)
    gold = {tuple(made) for asset, made in report.days.items() if asset.startswith("gold/")}
    assert gold == {(f"{one}",)}


def test_too_many_refused_records_hold_the_day_back_unless_the_run_allows_them(
    overtaken: Overtaken, carrier: Carrier, days: list[date]
) -> None:
    assert overtaken.other.returncode == 1
    said = overtaken.other.stdout + overtaken.other.stderr
    assert "quarantined_share" in said
    assert f"{days[1]}: 10 of 25 records (40.00%) are in quarantine, the limit is 5.00%" in said
    assert overtaken.hashes_after == overtaken.hashes_before
    # What is refused now took the place of a good parcel.
    carrier.deliver_days(days[1], leave_out=1)
    carrier.backfill(days[1], days[1], "--max-quarantined-share", "0.5")
    assert carrier.hashes() != overtaken.hashes_before
    assert carrier.gold() == carrier.expected()


@contextmanager
def gold_waits(stack: Stack) -> Generator[None]:
    """No run gets its turn at dbt."""
    graphql(stack.settings, LIMIT, {"limit": 0})
    try:
        yield
    finally:
        graphql(stack.settings, LIMIT, {"limit": 1})
