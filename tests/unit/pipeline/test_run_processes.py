"""How the process of a run starts, and whether it still lives, as Dagster's daemon asks the run launcher."""

import os
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import psutil
import pytest

from shopflow_assets.dagster_internals import RUN_PROCESSES
from shopflow_assets.instance.run_launcher import WatchedRunLauncher, is_gone


def test_a_process_that_runs_is_there() -> None:
    assert not is_gone(os.getpid(), time.time())


def test_a_process_that_ended_is_gone_also_before_its_parent_reads_its_status() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        assert is_gone(child.pid, time.time())
    assert is_gone(child.pid, time.time())


def test_a_later_process_with_the_same_number_is_another_one() -> None:
    started_at = psutil.Process().create_time()
    assert is_gone(os.getpid(), started_at - 3600)
    assert not is_gone(os.getpid(), started_at + 3600)


@pytest.mark.parametrize("clock_is_off_by", [-5, 5])
def test_a_corrected_clock_makes_no_process_another_one(clock_is_off_by: int) -> None:
    assert not is_gone(os.getpid(), psutil.Process().create_time() + clock_is_off_by)


def test_dagster_asks_this_launcher() -> None:
    assert WatchedRunLauncher().supports_check_run_worker_health


def test_runs_are_forked_until_code_or_models_change(pipeline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from shopflow_assets.instance.run_processes import fork_runs

    new_python, forked = RUN_PROCESSES.Process, get_context("forkserver").Process
    monkeypatch.setattr(RUN_PROCESSES, "Process", new_python)
    manifest = pipeline / "dbt" / "target" / "manifest.json"
    os.utime(manifest)
    fork_runs()
    assert isinstance(RUN_PROCESSES.Process(), forked)
    for changed in (manifest, Path(__file__).parents[3] / "spark_jobs" / "manifest.py"):
        before = changed.stat()
        os.utime(changed, (time.time() + 10, time.time() + 10))
        assert isinstance(RUN_PROCESSES.Process(), new_python)
        os.utime(changed, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert isinstance(RUN_PROCESSES.Process(), forked)
