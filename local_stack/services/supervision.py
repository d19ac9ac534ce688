"""The supervisor of one home: starts it, sends it commands, stops it and the processes that it left."""

import contextlib
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import psutil
from supervisor.xmlrpc import Faults, SupervisorTransport
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from local_stack.environments import supervisor_environment
from local_stack.errors import ServiceFailedError, ShopFlowError
from local_stack.home import CHECKOUT, INFRA, Home
from local_stack.services.home_processes import end_leftovers, marked_processes
from local_stack.services.ports import used
from local_stack.settings import Settings

_CONFIG = INFRA / "supervisor" / "supervisord.conf"
# The supervisor's variable for what it was started with.
_STARTED_WITH = "SHOPFLOW_SUPERVISOR_VERSION"


class Supervisor:
    """Talks to the supervisor of a home."""

    def __init__(self, home: Home) -> None:
        """Take the home; no connection is made yet."""
        self._home = home

    def _call(self, method: str, *arguments: Any) -> Any:
        # One transport per call: it is not thread-safe, and it does not work after a refused connection.
        with contextlib.closing(SupervisorTransport(None, None, f"unix://{self._home.socket}")) as transport:
            # The address is not used: the transport connects to the socket.
            server = ServerProxy("http://127.0.0.1", transport=transport)
            return getattr(server.supervisor, method)(*arguments)

    def is_running(self) -> bool:
        """Whether a supervisor answers."""
        try:
            return self._call("getState")["statename"] == "RUNNING"
        except (OSError, Fault):
            return False

    def start(self) -> None:
        """Start the supervisor as a daemon with an environment without secrets, and wait until it answers."""
        end_leftovers(self._home)
        supervisord = Path(sys.executable).parent / "supervisord"
        done = subprocess.run(
            [supervisord, "-c", _CONFIG],
            env=supervisor_environment(self._home) | {_STARTED_WITH: _version()},
            cwd=self._home.path,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not _wait_for_true(self.is_running, 10):
            raise ServiceFailedError(f"The supervisor did not start:\n{done.stdout}{done.stderr}")

    def is_current(self) -> bool:
        """Whether the services were started by this code, with the configuration as it is now."""
        try:
            return psutil.Process(self._call("getPID")).environ().get(_STARTED_WITH) == _version()
        except psutil.NoSuchProcess:
            return False

    def states(self) -> dict[str, dict[str, Any]]:
        """The state of each program, from the supervisor; empty when the supervisor does not run."""
        try:
            return {info["name"]: info for info in self._call("getAllProcessInfo")}
        except (OSError, Fault):
            return {}

    def seconds_up(self, name: str) -> float:
        """For how long a program has been running; 0 for one that does not."""
        info = self.states().get(name, {})
        return info["now"] - info["start"] if info.get("statename") == "RUNNING" else 0

    def start_service(self, name: str) -> None:
        """Start a program without waiting; a running program is not restarted."""
        try:
            self._call("startProcess", name, False)
        except Fault as fault:
            if fault.faultCode != Faults.ALREADY_STARTED:
                raise ServiceFailedError(f"{name} cannot be started: {fault.faultString}") from None

    def stop_service(self, name: str) -> None:
        """Stop a program and wait; it is killed if it does not end in time."""
        if pid := self.states().get(name, {}).get("pid"):
            with contextlib.suppress(psutil.NoSuchProcess):
                # A suspended process would not see the signal to end.
                psutil.Process(pid).resume()
        with contextlib.suppress(Fault):
            self._call("stopProcess", name, True)

    def stop(self) -> None:
        """Stop every program, then the supervisor, then whatever is left of this home."""
        with contextlib.suppress(OSError, Fault):
            # Dagster first, so that runs end while their engines still run.
            for name in reversed(list(self.states())):
                if name.startswith("dagster"):
                    self._call("stopProcess", name, False)
            self._wait_until_stopped("dagster")
            self._call("stopAllProcesses", True)
            self._call("shutdown")
            _wait_for_true(lambda: not self.is_running(), 20)
        end_leftovers(self._home)

    def _wait_until_stopped(self, prefix: str) -> None:
        _wait_for_true(
            lambda: not any(i["pid"] for name, i in self.states().items() if name.startswith(prefix)), 40
        )


def _version() -> str:
    """Changes with all that services read only at their start, with the code's place, and with its Python."""
    parts = [bytes(CHECKOUT), os.fsencode(sys.executable)]
    for file in sorted(path for path in INFRA.rglob("*") if path.is_file()):
        name = file.relative_to(INFRA)
        # Services of this machine do not read Docker's files; an editor's backup is no configuration.
        if name.parts[0] != "docker" and not name.name.startswith(".") and not name.name.endswith("~"):
            parts += [bytes(name), file.read_bytes()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _wait_for_true(condition: Any, seconds: float) -> bool:
    """Check again until the condition holds; returns whether it did in time."""
    repeated = retry(
        retry=retry_if_result(lambda answer: not answer),
        stop=stop_after_delay(seconds),
        wait=wait_fixed(0.1),
        retry_error_callback=lambda _state: False,
    )
    return repeated(condition)()


def settings_to_use(home: Home) -> Settings:
    """Ports and secrets for requests to the home's stack.

    Raises:
        NotSetUpError: the stack was never up.
        ServiceFailedError: the stack is down, and the stack of another home uses its ports.
    """
    settings = home.settings()
    if not Supervisor(home).is_running():
        for other, ports in ports_of_others(home).items():
            if ports & used(settings):
                raise ServiceFailedError(
                    f"{home.path} is down, and its ports are now those of the stack of {other.path}:"
                    " run `shopflow up`."
                )
    return settings


def ports_of_others(home: Home) -> dict[Home, set[int]]:
    """The ports of the running stacks of other homes, also of services that do not answer now."""
    ports_by_home = {}
    for other in {owner for _, owner in marked_processes()} - {home}:
        # Another home may be broken or incomplete; that is no error here.
        with contextlib.suppress(ShopFlowError):
            ports_by_home[other] = used(other.settings())
    return ports_by_home
