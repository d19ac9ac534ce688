"""Killed engines come back. The same command again gives the gold that the files say."""

import contextlib
import json
import subprocess
from collections.abc import Callable, Generator
from datetime import date

import psutil
import pytest

from local_stack.services.health import graphql
from tests.harness.automation import newest_run, newest_runs, sensor, wait_for_step
from tests.harness.stack import Stack, eventually
from tests.platform.deliveries.carrier import GOLD_STEP, SILVER_STEP, Calendar, Carrier

pytestmark = pytest.mark.kills

EVENTS = """query Events($run: ID!) { logsForRun(runId: $run, limit: 1000) { ... on EventConnection { events {
            ... on EngineEvent { metadataEntries { label ... on TextMetadataEntry { text } } } } } } }"""


def process_of(stack: Stack, run: str) -> psutil.Process:
    """The process of a run, as Dagster recorded it."""
    events = graphql(stack.settings, EVENTS, {"run": run})["logsForRun"]["events"]
    entries = [entry for event in events for entry in event.get("metadataEntries", [])]
    [pid] = {entry["text"] for entry in entries if entry["label"] == "pid"}
    return psutil.Process(int(pid))


def healthy_again(stack: Stack) -> None:
    """Wait until every service answers."""

    def healthy() -> None:
        assert stack.attempt("status").returncode == 0

    eventually(healthy, seconds=240)


@contextlib.contextmanager
def held(process: psutil.Process) -> Generator[None]:
    """Suspend a process during the block, so that its clients wait; resume it if it still lives."""
    process.suspend()
    try:
        yield
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.resume()


def service(stack: Stack, name: str) -> psutil.Process:
    """The process of a service."""
    return psutil.Process(stack.status()[name]["pid"])


def interrupted(
    carrier: Carrier, days: list[date], step: str, waits_for: psutil.Process, kill: Callable[[str], None]
) -> str:
    """Backfill the days, and kill something while a step waits for a process; returns the command's output.

    The step may wait until the engine is back, and succeed.
    """
    before = newest_run(carrier.stack)["runId"]
    # Forced, because the run before may have finished.
    command = carrier.stack.command(*carrier.backfill_command(days[0], days[-1]), "--force")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(**command, **pipes) as backfill:
        with held(waits_for):
            kill(wait_for_step(carrier.stack, before, step))
        said, _ = backfill.communicate(timeout=300)
    return said


def test_all_is_resident_in_less_than_six_gigabytes(stack: Stack) -> None:
    # These engines have served most of the tests. The process of the last run takes a while to end.
    def is_small() -> None:
        assert stack.resident_bytes() < 6e9

    eventually(is_small, seconds=180, every=10)


def test_whatever_is_killed_in_a_backfill_the_same_command_goes_on_to_the_right_tables(
    carrier: Carrier, calendar: Calendar
) -> None:
    stack, days = carrier.stack, calendar.take(3)
    carrier.deliver_days(*days)

    spark, trino = service(stack, "spark"), service(stack, "trino")
    said = interrupted(carrier, days, SILVER_STEP, spark, lambda run: process_of(stack, run).kill())
    assert "Failed: This run has been marked as failed from outside" in said

    left = stack.home.path / "spark" / "tmp" / "blockmgr-left"
    left.mkdir()

    def kill_spark(_: str) -> None:
        spark.kill()
        done = stack.attempt("status", "--json")
        assert done.returncode == 1
        assert [line["service"] for line in json.loads(done.stdout) if not line["healthy"]] == ["spark"]

    interrupted(carrier, days, SILVER_STEP, spark, kill_spark)
    healthy_again(stack)
    # Spark deleted at its start what the killed one had left on disk.
    assert not left.exists()

    interrupted(carrier, days, GOLD_STEP, trino, lambda _: trino.kill())
    healthy_again(stack)
    assert not {spark.pid, trino.pid} & {line["pid"] for line in stack.status().values()}

    carrier.backfill(days[0], days[-1], "--force")
    assert carrier.gold() == carrier.expected()
    # Dagster started no run by itself.
    last, *_, killed = newest_runs(stack, 4)
    assert [run["parentRunId"] for run in newest_runs(stack, 4)] == [None] * 4
    assert (killed["status"], last["status"]) == ("FAILURE", "SUCCESS")


@pytest.mark.parametrize("goes_down", ["its process", "the machine"])
def test_a_run_of_the_sensor_is_started_again(carrier: Carrier, calendar: Calendar, goes_down: str) -> None:
    stack, [day] = carrier.stack, calendar.take(1)
    carrier.empty_inbox()
    carrier.deliver_days(day)
    carrier.mark(day)
    before = newest_run(stack)["runId"]
    with sensor(stack, "post_arrival"):
        with held(service(stack, "spark")):
            killed = wait_for_step(stack, before, SILVER_STEP)
            if goes_down == "the machine":
                for each in stack.of_every_process(lambda process: process):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        each.kill()
            else:
                process_of(stack, killed).kill()
        if goes_down == "the machine":
            stack.shopflow("up")

        def carried() -> None:
            again, first = newest_runs(stack, 2)
            assert (first["runId"], first["parentRunId"], first["status"]) == (killed, None, "FAILURE")
            assert (again["parentRunId"], again["status"]) == (killed, "SUCCESS")

        eventually(carried, seconds=400)
    assert carrier.gold() == carrier.expected()


def test_killed_engines_come_back(stack: Stack) -> None:
    names = ("minio", "postgres", "trino", "dagster-code")
    before = [service(stack, name) for name in names]
    for process in before:
        process.kill()
    healthy_again(stack)
    assert not any(process.is_running() for process in before)


def test_after_down_nothing_runs_and_up_finds_the_data(carrier: Carrier) -> None:
    stack, before = carrier.stack, carrier.gold()
    running = stack.of_every_process(lambda process: process)
    stack.shopflow("down")
    assert not [process for process in running if process.is_running()]
    assert stack.attempt("status").returncode == 1
    stack.shopflow("up")
    assert carrier.gold() == before
