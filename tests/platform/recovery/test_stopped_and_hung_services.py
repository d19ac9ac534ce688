"""Services that stop or hang: what failed shows as failed, and all works when they are back."""

import re
import signal
import subprocess
import time

import psycopg
import pytest

from local_stack.services import health
from local_stack.services.supervision import Supervisor
from local_stack.up import STARTING_SECONDS
from shopflow_cli.runs.dagster_api import Webserver
from tests.harness.automation import newest_run, wait_for_step
from tests.harness.stack import Stack, eventually
from tests.platform.deliveries.carrier import SILVER_STEP, Calendar, Carrier
from tests.platform.recovery.interruption import answers, held, process_of, service, stopped

pytestmark = pytest.mark.kills


def lost_threads(stack: Stack) -> int:
    """How often the code server lost the thread that reports dead runs."""
    log = (stack.home.logs / "dagster-code.log").read_text(errors="replace")
    return log.count("Exception in thread grpc-server-cleanup")


def test_a_run_that_was_killed_while_the_database_was_away_fails_within_a_minute(
    carrier: Carrier, calendar: Calendar
) -> None:
    stack, days, before = carrier.stack, calendar.take(1), lost_threads(carrier.stack)
    webserver = Webserver(stack.settings)
    carrier.deliver_days(*days)

    def has_lost_it() -> None:
        assert lost_threads(stack) > before

    command = carrier.stack.command(*carrier.backfill_command(days[0], days[0]))
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    newest = newest_run(stack)["runId"]
    with subprocess.Popen(**command, **pipes) as backfill:
        with held(service(stack, "spark")):
            run = wait_for_step(stack, newest, SILVER_STEP)
            process = process_of(stack, run)
            with stopped(stack, "postgres"):
                process.kill()
                eventually(has_lost_it)
                # The catalog of gold is in PostgreSQL.
                assert health.trouble("trino", stack.settings)
        back_at = time.monotonic()
        # The first statement after PostgreSQL is back.
        stack.shopflow("sql", "select count(*) from gold.post.parcels")
        said, _ = backfill.communicate(timeout=120)
    assert time.monotonic() - back_at < 60
    assert f"its process {process.pid} is gone" in said
    assert webserver.status(run) == "FAILURE"
    carrier.backfill(days[0], days[0])
    assert carrier.gold() == carrier.expected()


def test_status_says_that_nobody_watches_the_runs(stack: Stack) -> None:
    url = stack.settings.database_url("dagster", stack.settings.dagster_db_password)
    with held(service(stack, "dagster-daemon")):
        with psycopg.connect(url) as database:
            [(body,)] = database.execute(
                "select body from daemon_heartbeats where daemon_type = 'MONITORING'"
            )
            old = re.sub(r'("timestamp": )[0-9.]+', rf"\g<1>{time.time() - 180}", body)
            database.execute("update daemon_heartbeats set body = %s where daemon_type = 'MONITORING'", [old])
        assert stack.status()["dagster-daemon"]["trouble"] == "no sign of life for 120 s: MONITORING"
    eventually(lambda: answers(stack, "dagster-daemon"))


def test_up_restarts_what_runs_and_does_not_answer(stack: Stack) -> None:
    supervisor = Supervisor(stack.home)
    hung = ("postgres", "minio", "dagster-code")

    def have_started() -> None:
        assert all(supervisor.seconds_up(name) > STARTING_SECONDS for name in hung)

    eventually(have_started, seconds=2 * STARTING_SECONDS)
    # PostgreSQL then refuses new clients, and waits for the present ones to go.
    service(stack, "postgres").send_signal(signal.SIGTERM)
    service(stack, "minio").suspend()
    # The code server still answers for the process that holds the code and starts the runs.
    for process in service(stack, "dagster-code").children():
        process.kill()
    said = stack.shopflow("up", timeout=480)
    for name in hung:
        assert f"{name} runs and does not answer, so it is restarted" in said
    assert stack.attempt("status").returncode == 0
