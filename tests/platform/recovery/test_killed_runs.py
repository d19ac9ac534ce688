"""Killed engines come back. The same command again gives the gold that the files say."""

import contextlib
import json

import psutil
import pytest

from tests.harness.automation import newest_run, newest_runs, sensor, wait_for_step
from tests.harness.stack import Stack, eventually
from tests.platform.deliveries.carrier import GOLD_STEP, SILVER_STEP, Calendar, Carrier
from tests.platform.recovery.interruption import healthy_again, held, interrupted, process_of, service

pytestmark = pytest.mark.kills


def test_all_is_resident_in_less_than_six_gigabytes(stack: Stack) -> None:
    # These engines have served most of the tests. The process of the last run takes a while to end, and an
    # idle heap, full after the weekly job, takes some minutes to shrink (infra/spark/jvm.args).
    def is_small() -> None:
        assert stack.resident_bytes() < 6e9, sorted(stack.resident(), reverse=True)

    eventually(is_small, seconds=600, every=10)


def test_whatever_is_killed_in_a_backfill_the_same_command_goes_on_to_the_right_tables(
    carrier: Carrier, calendar: Calendar
) -> None:
    stack, days = carrier.stack, calendar.take(3)
    carrier.deliver_days(*days)

    spark, trino = service(stack, "spark"), service(stack, "trino")

    def kill_run(run: str) -> None:
        process = process_of(stack, run)
        # Its Python was not started for it: it is forked from one that has loaded the code.
        assert "forkserver" in " ".join(process.parent().cmdline())
        process.kill()

    said = interrupted(carrier, days, SILVER_STEP, spark, kill_run)
    # The code server or Dagster's daemon says so, whichever sees it first.
    assert "Failed: This run has been marked as failed from outside" in said or "is gone" in said

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


def test_killed_engines_come_back(carrier: Carrier) -> None:
    stack = carrier.stack
    names = ("minio", "postgres", "trino", "dagster-code")
    before = [service(stack, name) for name in names]
    for process in before:
        process.kill()
    healthy_again(stack)
    assert not any(process.is_running() for process in before)

    # Trino is healthy some seconds before one of its nodes serves the gold catalog.
    def is_served() -> None:
        assert stack.attempt("sql", "select 1 from gold.post.parcels limit 1").returncode == 0

    eventually(is_served)


def test_after_down_nothing_runs_and_up_finds_the_data(carrier: Carrier) -> None:
    stack, before = carrier.stack, carrier.gold()
    running = stack.of_every_process(lambda process: process)
    stack.shopflow("down")
    assert not [process for process in running if process.is_running()]
    assert stack.attempt("status").returncode == 1
    stack.shopflow("up")
    assert carrier.gold() == before
