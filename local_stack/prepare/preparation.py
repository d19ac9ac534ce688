"""The steps that turn running engines into a ShopFlow stack: users, databases, tables, dbt's manifest.

`shopflow up` takes them, and so does `shopflow prepare` for the containers of docker-compose.yml.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from tenacity import retry, stop_after_delay, stop_when_event_set, wait_fixed

from local_stack.errors import ServiceFailedError
from local_stack.home import Home
from local_stack.prepare import databases, gold_tables, orchestration, raw_views, silver_tables, storage
from local_stack.prepare.steps import Step, run
from local_stack.services import health
from local_stack.settings import HOST, Settings

ENGINES = ("minio", "postgres", "spark", "trino")
# Trino's gold catalog is a database in PostgreSQL.
_NEEDS = {"trino": ("databases",)}
# A cold machine reads half a gigabyte of jars from disk before an engine answers.
DEADLINE = 240


def preparation_steps(
    home: Home, settings: Settings, engine: Callable[..., Step], *, nothing_runs: bool = False
) -> dict[str, Step]:
    """Return the steps by name.

    `engine(name, *after)` makes the step that ends when the engine answers. `nothing_runs` says that
    Dagster's code server, and with it every run, is down for sure.
    """
    return {name: engine(name, *_NEEDS.get(name, ())) for name in ENGINES} | {
        "dbt manifest": Step(lambda: gold_tables.parse(home, settings)),
        "buckets and users": Step(lambda: storage.prepare(settings), ["minio"]),
        "databases": Step(lambda: databases.prepare(settings), ["postgres"]),
        "dagster instance": Step(
            lambda: orchestration.prepare(home, settings, nothing_runs=nothing_runs), ["databases"]
        ),
        "silver tables": Step(lambda: silver_tables.create(settings), ["spark", "buckets and users"]),
        "raw views": Step(lambda: raw_views.create(settings), ["trino", "buckets and users"]),
        "silver in trino": Step(lambda: silver_tables.register(settings), ["trino", "silver tables"]),
        "gold tables": Step(
            lambda: gold_tables.create_empty(home, settings), ["silver in trino", "databases", "dbt manifest"]
        ),
    }


def carry_out(steps: Mapping[str, Step], console: Console, interrupted: threading.Event) -> None:
    """Run the steps side by side and show which are not done yet; raises the first failure at the end."""
    waiting = list(steps)
    with console.status("starting") as status:

        def done(name: str, outcome: float | Exception) -> None:
            waiting.remove(name)
            status.update(f"starting: {', '.join(waiting)}")
            if isinstance(outcome, Exception):
                console.print(f"  [red]{name}: failed[/]: {escape(str(outcome).splitlines()[0])}")
            elif outcome > 1:
                console.print(f"  {name}: ready after {outcome:.1f} s")

        run(steps, done, interrupted)


def prepare(home: Home, settings: Settings, console: Console) -> None:
    """Wait until the engines answer, then create buckets, users, databases, tables and dbt's manifest."""
    interrupted = threading.Event()
    home.claim()
    orchestration.configure(home)

    def engine(name: str, *after: str) -> Step:
        return Step(lambda: _wait_for(name, settings, interrupted), after)

    carry_out(preparation_steps(home, settings, engine), console, interrupted)


def _wait_for(name: str, settings: Settings, interrupted: threading.Event) -> None:
    def give_up(state: Any) -> None:
        trouble = health.one_line(state.outcome.exception())
        raise ServiceFailedError(f"{name} does not answer after {DEADLINE} s: {trouble}")

    retry(
        stop=stop_after_delay(DEADLINE) | stop_when_event_set(interrupted),
        wait=wait_fixed(1),
        retry_error_callback=give_up,
    )(health.check)(name, settings)


def command(
    minio_host: Annotated[str, typer.Option(help="Where MinIO answers.")] = HOST,
    postgres_host: Annotated[str, typer.Option(help="Where PostgreSQL answers.")] = HOST,
    spark_host: Annotated[str, typer.Option(help="Where Spark Connect answers.")] = HOST,
    trino_host: Annotated[str, typer.Option(help="Where Trino answers.")] = HOST,
) -> None:
    """Prepare engines that something else started, as the containers of docker-compose.yml do.

    Ports and secrets are those of the home's `.env`. It can be repeated; `shopflow up` does the same itself.
    """
    home = Home.current()
    hosts = {"minio_host": minio_host, "postgres_host": postgres_host}
    hosts |= {"spark_host": spark_host, "trino_host": trino_host}
    prepare(home, Settings.load(home.env_file, **hosts), Console())
