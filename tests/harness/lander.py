"""Lands a database in a process of its own. At any step, it can be killed, or MinIO stopped.

The processes are forked from one that has imported all this, because the imports take longer than a landing.
"""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from local_stack.home import Home
from local_stack.services.supervision import Supervisor
from shopflow_assets.domains.shop import DATABASE
from shopflow_assets.sources.database.landed.landed_day import DatabaseDays
from shopflow_assets.sources.database.stream import new_slot, slot, stream_landing
from shopflow_assets.sources.database.stream.pgoutput import Decoder
from shopflow_assets.sources.store import ObjectStore
from tests.harness.shop_tables import tables_of

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])

# The steps: noting the slot, reading a message, putting an object, committing a manifest, letting the server
# forget.
STEPS: dict[str, tuple[Any, str]] = {
    "note": (new_slot, "note_slot"),
    "read": (Decoder, "decode"),
    "put": (ObjectStore, "upload"),
    "commit": (DatabaseDays, "commit"),
    "advance": (slot, "advance"),
}


def interrupt(step: str, moment: str, number: int, happens: Callable[[], object]) -> None:
    """Let something happen before or after the step is taken for the given time."""
    owner, name = STEPS[step]
    original: Callable[..., Any] = getattr(owner, name)
    taken = 0

    def interrupted(*arguments: Any) -> Any:
        nonlocal taken
        taken += 1
        if taken == number and moment == "before":
            happens()
        result = original(*arguments)
        if taken == number and moment == "after":
            happens()
        return result

    setattr(owner, name, interrupted)


def die() -> None:
    """Kill this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def stop_minio() -> None:
    """Stop the stack's MinIO; who asked for it starts it again."""
    Supervisor(Home.current()).stop_service("minio")


def main(domain: str, action: str, *rest: str) -> None:
    """Land days, or a snapshot, of a test's own domain; print the problems by day."""
    days = [date.fromisoformat(text) for text in rest if "-" in text]
    for text in rest:
        if ":" in text:
            step, moment, number, *more = text.split(":")
            interrupt(step, moment, int(number), stop_minio if more else die)
        elif text.isdigit():
            # Small looks and batches, so that there is something between them.
            slot.CHANGES_AT_ONCE = stream_landing.LINES_AT_ONCE = int(text)
    tables, source = tables_of(domain), DATABASE
    if action == "snapshot":
        source.snapshot(tables, datetime.now(UTC))
        return
    problems = {
        f"{day}": sorted({landing.problem for landing in landings.values()})
        for day, landings in source.land(tables, tables, days, datetime.now(UTC))
    }
    sys.stdout.write(json.dumps({day: found for day, found in problems.items() if any(found)}))


def start(environment: dict[str, str], *arguments: str, timeout: float) -> subprocess.CompletedProcess[str]:
    """Call `main` in a process that has this environment; what it printed, and how it ended."""
    with tempfile.TemporaryDirectory() as folder:
        printed = [Path(folder, "stdout"), Path(folder, "stderr")]
        process = _PROCESSES.Process(target=_main_of_process, args=(environment, printed, arguments))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(arguments), timeout)
        return subprocess.CompletedProcess(
            arguments, process.exitcode, *(file.read_text() for file in printed)
        )


def _main_of_process(environment: dict[str, str], printed: list[Path], arguments: tuple[str, ...]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, file in enumerate(printed, start=1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    main(*arguments)
