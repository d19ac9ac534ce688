"""Processes that tests kill or hold, and backfills that they interrupt."""

import contextlib
import subprocess
from collections.abc import Callable, Generator
from datetime import date

import psutil

from local_stack.services.health import graphql, trouble
from local_stack.services.supervision import Supervisor
from tests.harness.automation import newest_run, wait_for_step
from tests.harness.stack import Stack, eventually
from tests.platform.deliveries.carrier import Carrier

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
    return psutil.Process(Supervisor(stack.home).states()[name]["pid"])


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


@contextlib.contextmanager
def stopped(stack: Stack, name: str) -> Generator[None]:
    """Stop a service during the block; after it the service answers again."""
    supervisor = Supervisor(stack.home)
    supervisor.stop_service(name)
    try:
        yield
    finally:
        supervisor.start_service(name)
        eventually(lambda: answers(stack, name))


def answers(stack: Stack, name: str) -> None:
    """Fail unless a service answers."""
    assert trouble(name, stack.settings) is None
