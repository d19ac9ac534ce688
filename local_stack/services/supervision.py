"""The supervisor of one home: starts it, sends it commands, stops it and the processes that it left."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import psutil
from supervisor.xmlrpc import Faults, SupervisorTransport
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from local_stack.environments import supervisor_environment
from local_stack.errors import ServiceFailedError, ShopFlowError
from local_stack.home import INFRA, MARK, Home
from local_stack.services.ports import used
from local_stack.settings import Settings

_CONFIG = INFRA / "supervisor" / "supervisord.conf"


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
            env=supervisor_environment(self._home),
            cwd=self._home.path,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not _wait_for_true(self.is_running, 10):
            raise ServiceFailedError(f"The supervisor did not start:\n{done.stdout}{done.stderr}")

    def states(self) -> dict[str, dict[str, Any]]:
        """The state of each program, from the supervisor; empty when the supervisor does not run."""
        try:
            return {info["name"]: info for info in self._call("getAllProcessInfo")}
        except (OSError, Fault):
            return {}

    def start_service(self, name: str) -> None:
        """Start a program without waiting; a running program is not restarted."""
        try:
            self._call("startProcess", name, False)
        except Fault as fault:
            if fault.faultCode != Faults.ALREADY_STARTED:
                raise ServiceFailedError(f"{name} cannot be started: {fault.faultString}") from None

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
    for other in {owner for _, owner in _marked_processes()} - {home}:
        # Another home may be broken or incomplete; that is no error here.
        with contextlib.suppress(ShopFlowError):
            ports_by_home[other] = used(other.settings())
    return ports_by_home


def leftovers(home: Home) -> list[psutil.Process]:
    """Processes with this home's mark, whatever their parent is now."""
    return [process for process, owner in _marked_processes() if owner == home]


def _marked_processes() -> Iterator[tuple[psutil.Process, Home]]:
    """Processes of any home, as far as this user may see them."""
    for process in psutil.process_iter():
        mark = None
        with contextlib.suppress(psutil.Error, OSError):
            mark = process.environ().get(MARK)
        if mark:
            yield process, Home(Path(mark))


def end_leftovers(home: Home) -> None:
    """Stop the processes of a home whose supervisor is gone; PostgreSQL by its signal for a fast stop."""
    left = leftovers(home)
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
    _, alive = psutil.wait_procs(left, timeout=15)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)
    home.socket.unlink(missing_ok=True)
