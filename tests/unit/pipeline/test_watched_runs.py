"""Whether the process of a run still lives, as Dagster's daemon asks the run launcher."""

import os
import subprocess
import sys
import time

import psutil
import pytest

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
