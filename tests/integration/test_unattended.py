"""A run whose process is killed is declared failed; one that had started by itself is started again."""

import contextlib
import subprocess

import psutil
import pytest

from local_stack.health import graphql
from tests.integration.automation import sensor
from tests.integration.lakehouse import Lakehouse, days
from tests.integration.stack import Stack, eventually

[ONE] = days(1)
STEP = "silver__ecommerce__order_lines"
RUNS = """{ runsOrError(limit: 2) { ... on Runs { results {
          runId parentRunId status stepStats { stepKey status } } } } }"""
EVENTS = """query Events($run: ID!) { logsForRun(runId: $run, limit: 1000) { ... on EventConnection { events {
            ... on EngineEvent { metadataEntries { label ... on TextMetadataEntry { text } } } } } } }"""


@pytest.fixture
def lakehouse(stack: Stack) -> Lakehouse:
    """An empty lakehouse; a day has arrived whole."""
    lakehouse = Lakehouse(stack)
    lakehouse.empty()
    lakehouse.simulate(ONE, ONE)
    lakehouse.deliver(ONE, "_SUCCESS", b"")
    return lakehouse


@pytest.mark.parametrize("goes_down", ["its process", "the machine"])
def test_a_run_of_the_sensor_is_started_again(lakehouse: Lakehouse, goes_down: str) -> None:
    before = _newest_run(lakehouse.stack)
    with sensor(lakehouse.stack, "ecommerce_arrival"):
        killed, process = _await_silver(lakehouse.stack, before)
        if goes_down == "the machine":
            for each in lakehouse.stack.of_every_process(lambda found: found):
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.kill()
            lakehouse.stack.shopflow("up")
        else:
            process.kill()

        def carried() -> None:
            again, first = _two_newest_runs(lakehouse.stack)
            assert (first["runId"], first["status"]) == (killed, "FAILURE")
            assert (again["parentRunId"], again["status"]) == (killed, "SUCCESS")

        eventually(carried, seconds=400)
    found = lakehouse.sql("select distinct source_partition_date as day from gold.ecommerce.order_items")
    assert [row["day"] for row in found] == [ONE]


def test_a_run_that_somebody_waits_for_is_failed_and_its_days_can_be_run_again(lakehouse: Lakehouse) -> None:
    stack, day = lakehouse.stack, f"{ONE}"
    before = _newest_run(stack)
    with subprocess.Popen(**stack.command("backfill", day, day), stdout=subprocess.PIPE) as backfill:
        killed, process = _await_silver(stack, before)
        process.kill()
        said, _ = backfill.communicate(timeout=300)
    assert backfill.returncode == 1
    assert "Failed: This run has been marked as failed from outside" in said
    stack.shopflow("backfill", day, day)
    again, first = _two_newest_runs(stack)
    assert (first["runId"], first["status"]) == (killed, "FAILURE")
    assert (again["parentRunId"], again["status"]) == (None, "SUCCESS")


def _two_newest_runs(stack: Stack) -> list[dict]:
    runs = graphql(stack.settings, RUNS)["runsOrError"]["results"]
    assert len(runs) == 2
    return runs


def _newest_run(stack: Stack) -> dict:
    runs = graphql(stack.settings, RUNS)["runsOrError"]["results"]
    return runs[0] if runs else {"runId": None}


def _await_silver(stack: Stack, before: dict) -> tuple[str, psutil.Process]:
    """The first run after the run `before`, and its process, while it makes silver."""

    def under_way() -> None:
        newest = _newest_run(stack)
        assert newest["runId"] != before["runId"]
        assert {"stepKey": STEP, "status": "IN_PROGRESS"} in newest["stepStats"]

    eventually(under_way, seconds=120)
    run = _newest_run(stack)["runId"]
    events = graphql(stack.settings, EVENTS, {"run": run})["logsForRun"]["events"]
    entries = [entry for event in events for entry in event.get("metadataEntries", [])]
    [pid] = {entry["text"] for entry in entries if entry["label"] == "pid"}
    return run, psutil.Process(int(pid))
