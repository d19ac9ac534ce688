"""A run whose process is killed is declared failed; one that had started by itself is started again."""

import contextlib
import subprocess

import psutil
import pytest

from local_stack.health import graphql
from tests.harness.automation import newest_run, newest_runs, sensor, wait_for_step
from tests.harness.lakehouse import Lakehouse, days
from tests.harness.stack import Stack, eventually

[ONE] = days(1)
STEP = "silver__ecommerce__order_lines"
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
    before = newest_run(lakehouse.stack)["runId"]
    with sensor(lakehouse.stack, "ecommerce_arrival"):
        killed = wait_for_step(lakehouse.stack, before, STEP)
        if goes_down == "the machine":
            for each in lakehouse.stack.of_every_process(lambda found: found):
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.kill()
            lakehouse.stack.shopflow("up")
        else:
            _process(lakehouse.stack, killed).kill()

        def carried() -> None:
            assert _two_newest(lakehouse.stack, killed) == [
                (False, killed, "SUCCESS"),
                (True, None, "FAILURE"),
            ]

        eventually(carried, seconds=400)
    found = lakehouse.sql("select distinct source_partition_date as day from gold.ecommerce.order_items")
    assert [row["day"] for row in found] == [ONE]


def test_a_run_that_somebody_waits_for_is_failed_and_its_days_can_be_run_again(lakehouse: Lakehouse) -> None:
    stack, day = lakehouse.stack, f"{ONE}"
    before = newest_run(stack)["runId"]
    with subprocess.Popen(**stack.command("backfill", day, day), stdout=subprocess.PIPE) as backfill:
        killed = wait_for_step(stack, before, STEP)
        _process(stack, killed).kill()
        said, _ = backfill.communicate(timeout=300)
    assert backfill.returncode == 1
    assert "Failed: This run has been marked as failed from outside" in said
    stack.shopflow("backfill", day, day)
    assert _two_newest(stack, killed) == [(False, None, "SUCCESS"), (True, None, "FAILURE")]


def _two_newest(stack: Stack, killed: str) -> list[tuple[bool, str | None, str]]:
    """Of the two newest runs: is it the killed one, of which is it a repetition, its status."""
    runs = newest_runs(stack, 2)
    return [(run["runId"] == killed, run["parentRunId"], run["status"]) for run in runs]


def _process(stack: Stack, run: str) -> psutil.Process:
    """The process of a run, as Dagster noted it."""
    events = graphql(stack.settings, EVENTS, {"run": run})["logsForRun"]["events"]
    entries = [entry for event in events for entry in event.get("metadataEntries", [])]
    [pid] = {entry["text"] for entry in entries if entry["label"] == "pid"}
    return psutil.Process(int(pid))
