"""Forks the processes of runs from one that has loaded the code. Loading takes longer than a small run.

Dagster's code server starts a new Python for each run.
"""

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

from shopflow_assets.dagster_internals import RUN_PROCESSES
from shopflow_assets.gold.dbt.project import target_dir
from shopflow_assets.instance.changed_code import changed_at


def fork_runs() -> None:
    """Let this process, the code server, fork its runs.

    The first run starts the process that the others are forked from, and takes as long as without it. When
    code or models have changed since, a run starts a new Python, which reads them, until the code server has
    loaded them (`shopflow up`).
    """
    new_python = RUN_PROCESSES.Process
    forked = multiprocessing.get_context("forkserver")
    forked.set_forkserver_preload(["shopflow_assets.definitions"])
    loaded_at = 0.0

    def process(*arguments: Any, **options: Any) -> BaseProcess:
        nonlocal loaded_at
        loaded_at = loaded_at or time.time()
        has_changed = changed_at(target_dir() / "manifest.json") > loaded_at
        start: Callable[..., BaseProcess] = new_python if has_changed else forked.Process
        return start(*arguments, **options)

    RUN_PROCESSES.Process = process  # ty: ignore[invalid-attribute-access]
