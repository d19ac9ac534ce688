"""`shopflow up`: fetch, start, prepare, and return when every service answers a real request."""

import contextlib
import itertools
import threading
import time
from collections.abc import Generator

from rich.console import Console
from rich.markup import escape

from local_stack.engines.cache import file_lock
from local_stack.engines.fetch import engines
from local_stack.errors import BrokenCodeError, InvalidSettingsError, ServiceFailedError, ShopFlowError
from local_stack.home import INFRA, Home, cache
from local_stack.prepare import databases, orchestration
from local_stack.prepare.preparation import DEADLINE, ENGINES, carry_out, preparation_steps
from local_stack.prepare.steps import Step
from local_stack.services import health, ports
from local_stack.services.logs import tail
from local_stack.services.supervision import Supervisor, ports_of_others
from local_stack.settings import Settings
from shopflow_assets import disk

# A service that has run for so long is no longer starting.
STARTING_SECONDS = 60
# If such a service gives no answer for so long, `up` restarts it. A busy machine answers late.
PATIENCE_SECONDS = 60


def up(home: Home, console: Console) -> Settings:
    """Start the stack of a home and return its settings; raises ShopFlowError, which names what failed."""
    with file_lock(cache() / ".locks" / f"home-{home.key}"):
        home.claim()
        if full := disk.shortage(home.path):
            console.print(f"[yellow]warning:[/] {escape(full)}", highlight=False, soft_wrap=True)
        engine_folders = engines(cache(), console)
        supervisor = Supervisor(home)
        with _alone_in_choosing_ports(supervisor):
            settings = _settle(home, supervisor, console)
            databases.initialize(home, settings, engine_folders)
            orchestration.configure(home)
            if not supervisor.is_running():
                home.empty_scratch()
                supervisor.start()
        _bring_up(home, settings, supervisor, console)
    return settings


@contextlib.contextmanager
def _alone_in_choosing_ports(supervisor: Supervisor) -> Generator[None]:
    """One stack at a time chooses ports: two that start together would choose the same ones.

    Once its supervisor runs, others see which ports it has, also before its services listen.
    """
    if supervisor.is_running():
        yield
    else:
        with file_lock(cache() / ".locks" / "ports"):
            yield


def _settle(home: Home, supervisor: Supervisor, console: Console) -> Settings:
    """The home's settings with the caller's choices, and with ports that are free or this stack's own.

    Raises:
        InvalidSettingsError: the services run with another choice than the caller's.
        ServiceFailedError: the services were started with another configuration, or by code elsewhere.
    """
    settings, saved = Settings.load_or_make(home.env_file), Settings.load(home.env_file)
    if not supervisor.is_running():
        settings = ports.settle(settings, set().union(*ports_of_others(home).values()))
    elif not supervisor.is_current():
        raise ServiceFailedError(
            f"The stack was started with another version of {INFRA}, or by code in another place."
            " Stop it with `shopflow down`, then `shopflow up` starts it with this one."
        )
    elif changed := settings.changed_choices(saved):
        name, value = next(iter(changed.items()))
        raise InvalidSettingsError(
            f"The stack runs with another {name}: {value}."
            f" To keep that, `unset {name}`."
            " To change it, stop the stack with `shopflow down`; then `shopflow up` starts it with yours."
        )
    for name in (unread := Settings.unread(home.env_file)):
        console.print(f"{name} is not a setting of this version; it is removed from {home.env_file}.")
    if settings != saved or unread:
        settings.save(home.env_file)
    return settings


def _bring_up(home: Home, settings: Settings, supervisor: Supervisor, console: Console) -> None:
    interrupted = threading.Event()

    def service(name: str, *after: str) -> Step:
        return Step(lambda: _start(name, home, settings, supervisor, console, interrupted), after)

    # All engines start now, although some answer only after a step of another.
    for name in ENGINES:
        supervisor.start_service(name)
    nothing_runs = supervisor.states()["dagster-code"]["statename"] == "STOPPED"
    steps = preparation_steps(home, settings, service, nothing_runs=nothing_runs) | {
        "dagster-code": service("dagster-code", "dagster instance", "dbt manifest"),
        "dagster-webserver": service("dagster-webserver", "dagster-code"),
        "dagster definitions": Step(
            lambda: orchestration.refresh_definitions(
                home, settings, supervisor.states()["dagster-code"]["start"]
            ),
            ["dagster-webserver"],
        ),
        "dagster-daemon": service("dagster-daemon", "dagster definitions"),
    }
    carry_out(steps, console, interrupted)


def _start(
    name: str,
    home: Home,
    settings: Settings,
    supervisor: Supervisor,
    console: Console,
    interrupted: threading.Event,
) -> None:
    """Start a service and wait until it answers; restart it if it runs for a while and does not answer.

    Raises:
        ServiceFailedError: it does not run or does not answer in time; with the end of its log.
    """
    supervisor.start_service(name)
    may_restart = supervisor.seconds_up(name) > STARTING_SECONDS
    asked_at = time.monotonic()
    for attempt in itertools.count():
        try:
            health.check(name, settings)
        except BrokenCodeError:
            # Somebody may have fixed the code since the code server loaded it.
            health.reload_code(settings)
            trouble = "its code is loaded again"
        except Exception as error:
            trouble = health.one_line(error)
        else:
            return
        state = supervisor.states().get(name, {}).get("statename", "gone")
        if state in {"FATAL", "gone", "STOPPED"}:
            raise ServiceFailedError(f"{name} does not run (it is {state}).\n{tail(home, name)}")
        waited = time.monotonic() - asked_at
        if may_restart and attempt and waited > PATIENCE_SECONDS:
            console.print(f"  {name} runs and does not answer, so it is restarted: {escape(trouble)}")
            supervisor.stop_service(name)
            supervisor.start_service(name)
            may_restart, asked_at = False, time.monotonic()
        elif waited > DEADLINE:
            raise ServiceFailedError(
                f"{name} does not answer after {DEADLINE} s: {trouble}\n{tail(home, name)}"
            )
        if interrupted.wait(0.3):
            raise ShopFlowError(f"Stopped waiting for {name}.")
