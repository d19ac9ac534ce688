"""One writer per table: runs of one domain that start together write silver and gold in turn."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from rich.console import Console

from local_stack.services.health import graphql
from shopflow_assets.days.run_tags import FORCE, RANGE_END, RANGE_START
from shopflow_cli.runs.asset_selection import asset_job, of_domain
from shopflow_cli.runs.dagster_api import ENDED, Webserver
from shopflow_cli.runs.follow import Follower
from shopflow_cli.runs.run_report import RunReport
from tests.harness.lakehouse import Hashes
from tests.harness.stack import Stack, eventually
from tests.platform.deliveries.carrier import GOLD_STEP, SILVER_STEP, Calendar, Carrier, spoiled

LIMIT = 'mutation L($limit: Int!) { setConcurrencyLimit(concurrencyKey: "post_gold", limit: $limit) }'
SPOILED = "10 of 26 records (38.46%) are in quarantine, the limit is 5.00%"
STEPS = """query R($id: ID!) { runOrError(runId: $id) { ... on Run {
           status stepStats { stepKey status startTime endTime } } } }"""


def launch(stack: Stack, first: date, last: date) -> str:
    """Start a forced run over days of the carrier, and do not wait for it."""
    webserver = Webserver(stack.settings)
    job = of_domain(asset_job(webserver), "post")
    tags = {RANGE_START: f"{first}", RANGE_END: f"{last}", FORCE: "true"}
    return webserver.launch(job, tags, {})


def wait_for_checks(stack: Stack, run: str) -> None:
    """Wait until a run has judged silver."""

    def judged() -> None:
        steps = graphql(stack.settings, STEPS, {"id": run})["runOrError"]["stepStats"]
        assert {"stepKey": "post_silver_checks", "status": "SUCCESS"} in [
            {name: step[name] for name in ("stepKey", "status")} for step in steps
        ]

    eventually(judged, seconds=180)


@pytest.fixture(scope="module")
def days(calendar: Calendar) -> list[date]:
    return calendar.take(2)


@pytest.fixture(scope="module")
def runs(carrier: Carrier, days: list[date]) -> list[dict[str, Any]]:
    """Two finished runs over different days, which were started at nearly the same time."""
    carrier.deliver_days(*days)
    launched = [launch(carrier.stack, day, day) for day in days]
    finished: list[dict[str, Any]] = []

    def ended() -> None:
        finished[:] = [graphql(carrier.stack.settings, STEPS, {"id": run})["runOrError"] for run in launched]
        assert all(run["status"] in ENDED for run in finished)

    eventually(ended, seconds=300)
    return finished


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
    """A run whose gold waited while another run spoiled its second day; and that other run."""

    report: RunReport
    other: RunReport
    hashes_before: Hashes
    hashes_after: Hashes


@pytest.fixture(scope="module")
def overtaken(runs: list[dict[str, Any]], carrier: Carrier, days: list[date]) -> Overtaken:
    """The days are run again; before gold starts, the second one is delivered again with bad records."""
    stack, (one, two) = carrier.stack, days
    before = carrier.hashes()
    with gold_waits(stack):
        run = launch(stack, one, two)
        wait_for_checks(stack, run)
        carrier.deliver(two, "broken.jsonl", spoiled(two))
        other = launch(stack, two, two)
        wait_for_checks(stack, other)
    webserver, quiet = Webserver(stack.settings), Console(quiet=True)
    reports = [Follower(webserver, each, quiet).follow(2) for each in (run, other)]
    return Overtaken(*reports, before, carrier.hashes())


def test_a_day_that_another_run_spoils_while_gold_waits_is_held_back(
    overtaken: Overtaken, days: list[date]
) -> None:
    report, (one, two) = overtaken.report, days
    assert report.status == "FAILURE"
    assert f"{two}: silver/post/parcels: quarantined_share: {SPOILED}" in report.failed_steps["post_gold"]
    gold = {tuple(made) for asset, made in report.days.items() if asset.startswith("gold/")}
    assert gold == {(f"{one}",)}


def test_too_many_refused_records_hold_the_day_back_unless_the_run_allows_them(
    overtaken: Overtaken, carrier: Carrier, days: list[date]
) -> None:
    assert overtaken.other.status == "FAILURE"
    assert (
        f"{days[1]}: silver/post/parcels: quarantined_share: {SPOILED}"
        in (overtaken.other.failed_steps["post_gold"])
    )
    assert overtaken.hashes_after == overtaken.hashes_before
    # One good parcel is missing now, and the broken records are refused.
    carrier.deliver_days(days[1], leave_out=1)
    carrier.backfill(days[1], days[1], "--max-quarantined-share", "0.5")
    assert carrier.hashes() != overtaken.hashes_before
    assert carrier.gold() == carrier.expected()


@contextmanager
def gold_waits(stack: Stack) -> Generator[None]:
    """During the block no run can start its dbt step."""
    graphql(stack.settings, LIMIT, {"limit": 0})
    try:
        yield
    finally:
        graphql(stack.settings, LIMIT, {"limit": 1})
