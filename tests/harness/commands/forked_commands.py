"""Runs `shopflow` commands in processes that have the libraries: most are done before they would be imported.

What a command does is the same. `shopflow up` and `down`, and commands that a test interrupts, have a Python
of their own.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.harness.commands import command_server


def run(
    checkout: Path, environment: Mapping[str, str], *arguments: str, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run a command of the code in a checkout: what it printed, and how it ended."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        connection.connect(str(_server()))
        printed = [Path(folder, "stdout"), Path(folder, "stderr")]
        request = {
            "arguments": arguments,
            "environment": dict(environment),
            "checkout": str(checkout),
            "printed": [str(file) for file in printed],
        }
        connection.sendall(json.dumps(request).encode() + b"\n")
        with connection.makefile() as answer:
            process = int(answer.readline())
            try:
                # A process that was killed has no status.
                status = int(answer.readline() or -signal.SIGKILL)
            except TimeoutError:
                os.kill(process, signal.SIGKILL)
                raise subprocess.TimeoutExpired(list(arguments), timeout) from None
        return subprocess.CompletedProcess(arguments, status, *(file.read_text() for file in printed))


@cache
def _server() -> Path:
    """Start the server; returns its socket."""
    folder = tempfile.TemporaryDirectory(prefix="sf-commands-")
    path = Path(folder.name, "socket")
    # Without the folder of the script among the places of modules.
    command = [sys.executable, "-P", command_server.__file__, str(path)]
    server = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE)
    assert server.stdout
    with server.stdout as printed:
        # One line, when it listens.
        assert printed.readline(), "the server of the tests' commands has ended"

    def end() -> None:
        server.terminate()
        server.wait()
        folder.cleanup()

    atexit.register(end)
    return path
