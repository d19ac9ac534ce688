"""Prepares Dagster's instance: its configuration in the home, and its tables."""

import os
import shutil
import subprocess
import sys
import time

from local_stack.environments import base_environment, dagster_environment
from local_stack.errors import PreparationError
from local_stack.home import CHECKOUT, INFRA, Home
from local_stack.services.health import reload_code
from local_stack.settings import Settings
from shopflow_assets.instance.changed_code import changed_at

# Pools need no entry: dagster.yaml lets one step at a time into each. So each table has one writer, and no
# two landings read and write one manifest at the same time.
_CREATE = """
from dagster import DagsterInstance
with DagsterInstance.get():
    pass
"""
# The code server tells Dagster that a run's process is gone. When both went down, nobody tells it, and the
# run would hold its pool forever.
_END_RUNS = """
from dagster import DagsterInstance, DagsterRunStatus as Status, RunsFilter
with DagsterInstance.get() as instance:
    for run in instance.get_runs(RunsFilter(statuses=[Status.STARTING, Status.STARTED])):
        instance.report_run_failed(run, "The stack went down while this run was under way.")
    for run in instance.get_runs(RunsFilter(statuses=[Status.CANCELING])):
        instance.report_run_canceled(run, "The stack went down while this run was canceled.")
"""


def configure(home: Home) -> None:
    """Put `dagster.yaml` where Dagster looks for it."""
    shutil.copyfile(INFRA / "dagster" / "dagster.yaml", home.dagster / "dagster.yaml")


def prepare(home: Home, settings: Settings, *, nothing_runs: bool) -> None:
    """Create Dagster's tables, and end the runs that were under way when the stack went down.

    It needs a process of its own, because the instance is made from environment variables. It runs before the
    services start, so that they do not all create the tables at the same time.
    """
    done = subprocess.run(
        [sys.executable, "-c", _CREATE + (_END_RUNS if nothing_runs else "")],
        env=base_environment(home) | dagster_environment(home, settings),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PreparationError(f"Dagster's instance could not be prepared:\n{done.stderr[-3000:]}")


def refresh_definitions(home: Home, settings: Settings, started_at: float) -> None:
    """Let the code server load code or models that were changed since it loaded them.

    A run reads code that was changed. With old definitions it could be asked for assets that no longer exist.

    Args:
        home: of the stack.
        settings: of the stack.
        started_at: when the code server started, in whole seconds, cut off.
    """
    # The server starts when the manifest is written. In its first second it loads Dagster, not yet the code.
    loaded_at = started_at + 1
    mark = home.dagster / ".definitions-loaded"
    if mark.exists():
        loaded_at = max(loaded_at, mark.stat().st_mtime)
    if changed_at(home.dbt_target / "manifest.json") > loaded_at:
        asked_at = time.time()
        reload_code(settings)
        mark.touch()
        os.utime(mark, (asked_at, asked_at))
