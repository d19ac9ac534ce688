"""Runs the programs that download and build engines.

Their output goes to a log file. On an interrupt their whole process groups are ended.
"""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential

from local_stack.errors import FetchError, FetchStoppedError

_running: set[subprocess.Popen[bytes]] = set()
_stopping = threading.Event()

# Registries and networks fail now and then.
three_tries = retry(
    retry=retry_if_exception_type(FetchError),
    stop=stop_after_attempt(3),
    wait=wait_exponential(max=20),
    reraise=True,
)


def run(
    argv: Sequence[str | Path], *, log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> None:
    """Run a command to its end; raises FetchError with the end of its output when it fails."""
    stop_if_asked()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(a) for a in argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            start_new_session=True,
        )
        _running.add(process)
        try:
            code = process.wait()
        finally:
            _running.discard(process)
    stop_if_asked()
    if code:
        end = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise FetchError(f"`{Path(argv[0]).name}` failed with exit status {code}; the end of {log}:\n{end}")


def stop_if_asked() -> None:
    """Raise FetchStoppedError if stop_all was called."""
    if _stopping.is_set():
        raise FetchStoppedError("Stopped.")


def stop_all() -> None:
    """End every command that is running; no new one starts after this."""
    _stopping.set()
    for process in list(_running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)


def first_line(argv: Sequence[str | Path]) -> str:
    """The first line that a program prints; raises FetchError when it does not run on this machine."""
    try:
        done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        raise FetchError(f"{argv[0]} does not run on this machine: {error}") from error
    lines = (done.stdout + done.stderr).splitlines() or ["it printed nothing"]
    if done.returncode:
        raise FetchError(f"{argv[0]} does not run on this machine: {lines[-1]}")
    return lines[0]
