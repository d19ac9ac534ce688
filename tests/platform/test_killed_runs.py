"""What is killed comes back; the same command goes on, and gold comes out as the files say."""

import contextlib
import subprocess
from collections.abc import Callable
from datetime import date

import psutil
import pytest

from local_stack.health import CHECKS, graphql
from tests.harness.automation import newest_run, newest_runs, sensor, wait_for_step
from tests.harness.stack import Stack, eventually
from tests.platform.carrier import GOLD_STEP, SILVER_STEP, Calendar, Carrier

pytestmark = pytest.mark.kills

EVENTS = """query Events($run: ID!) { logsForRun(runId: $run, limit: 1000) { ... on EventConnection { events {
            ... on EngineEvent { metadataEntries { label ... on TextMetadataEntry { text } } } } } } }"""


def process_of(stack: Stack, run: str) -> psutil.Process:
    """The process of a run, as Dagster noted it."""
    events = graphql(stack.settings, EVENTS, {"run": run})["logsForRun"]["events"]
    entries = [entry for event in events for entry in event.get("metadataEntries", [])]
    [pid] = {entry["text"] for entry in entries if entry["label"] == "pid"}
    return psutil.Process(int(pid))


def healthy_again(stack: Stack) -> None:
    """Wait until every service answers."""

    def healthy() -> None:
        assert stack.attempt("status").returncode == 0

    eventually(healthy, seconds=240)


def interrupted(carrier: Carrier, days: list[date], step: str, kill: Callable[[str], None]) -> str:
    """Backfill the days, kill something while the step is under way; returns what the command said."""
    before = newest_run(carrier.stack)["runId"]
    command = carrier.stack.command(*carrier.backfill_command(days[0], days[-1]))
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(**command, **pipes) as backfill:
        kill(wait_for_step(carrier.stack, before, step))
        said, _ = backfill.communicate(timeout=300)
    assert backfill.returncode == 1, said
    return said


def test_whatever_is_killed_in_a_backfill_the_same_command_goes_on_to_the_right_tables(
    carrier: Carrier, calendar: Calendar
) -> None:
    stack, days = carrier.stack, calendar.take(3)
    carrier.deliver_days(*days)

    killed: list[str] = []

    def the_run(run: str) -> None:
        killed.append(run)
        process_of(stack, run).kill()

    said = interrupted(carrier, days, SILVER_STEP, the_run)
    assert "Failed: This run has been marked as failed from outside" in said

    spark = stack.status()["spark"]["pid"]
    left = stack.home.path / "spark" / "tmp" / "blockmgr-left"

    def spark_itself(_: str) -> None:
        left.mkdir()
        psutil.Process(spark).kill()
        done = stack.attempt("status")
        assert done.returncode == 1
        assert done.stdout.count("healthy") == len(CHECKS) - 1

    interrupted(carrier, days, SILVER_STEP, spark_itself)
    healthy_again(stack)
    assert stack.status()["spark"]["pid"] != spark
    # What a killed Spark left on disk is gone when it is back.
    assert not left.exists()

    trino = stack.status()["trino"]["pid"]
    interrupted(carrier, days, GOLD_STEP, lambda _: psutil.Process(trino).kill())
    healthy_again(stack)
    assert stack.status()["trino"]["pid"] != trino

    carrier.backfill(days[0], days[-1])
    assert carrier.gold() == carrier.expected()
    # Nobody but the command started a run anew.
    assert [run["parentRunId"] for run in newest_runs(stack, 4)] == [None] * 4
    assert killed[0] in {run["runId"] for run in newest_runs(stack, 4)}


@pytest.mark.parametrize("goes_down", ["its process", "the machine"])
def test_a_run_of_the_sensor_is_started_again(carrier: Carrier, calendar: Calendar, goes_down: str) -> None:
    stack, [day] = carrier.stack, calendar.take(1)
    carrier.empty_inbox()
    carrier.deliver_days(day)
    carrier.deliver(day, "_SUCCESS", b"")
    before = newest_run(stack)["runId"]
    with sensor(stack, "post_arrival"):
        killed = wait_for_step(stack, before, SILVER_STEP)
        if goes_down == "the machine":
            for each in stack.of_every_process(lambda found: found):
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.kill()
            stack.shopflow("up")
        else:
            process_of(stack, killed).kill()

        def carried() -> None:
            newest = [
                (run["runId"] == killed, run["parentRunId"], run["status"]) for run in newest_runs(stack, 2)
            ]
            assert newest == [(False, killed, "SUCCESS"), (True, None, "FAILURE")]

        eventually(carried, seconds=400)
    parcels = carrier.sql("select distinct source_partition_date as day from gold.post.parcels")
    assert day in {row["day"] for row in parcels}


def test_killed_engines_come_back(stack: Stack) -> None:
    services = ("minio", "postgres", "trino", "dagster-code")
    before = stack.status()
    for service in services:
        psutil.Process(before[service]["pid"]).kill()
    healthy_again(stack)
    after = stack.status()
    assert all(after[service]["pid"] != before[service]["pid"] for service in services)


def test_after_down_nothing_runs_and_up_finds_the_data(carrier: Carrier) -> None:
    stack, before = carrier.stack, carrier.gold()
    running = stack.of_every_process(lambda process: process)
    stack.shopflow("down")
    assert not [process for process in running if process.is_running()]
    assert stack.attempt("status").returncode == 1
    stack.shopflow("up")
    assert carrier.gold() == before
