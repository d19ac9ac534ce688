"""The services of a home: what runs, at which address, and whether it answers; and the room on its disk."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local_stack.home import Home
from local_stack.services.health import CHECKS, trouble
from local_stack.services.supervision import Supervisor
from local_stack.settings import HOST, Settings
from shopflow_assets import disk


@dataclass(frozen=True)
class ServiceStatus:
    """One service, or the disk, as `shopflow status` shows it."""

    service: str
    state: str
    pid: int | None
    port: int | None
    url: str | None
    healthy: bool
    trouble: str | None

    def as_json(self) -> dict[str, Any]:
        """The fields by name."""
        return asdict(self)


def addresses(settings: Settings) -> dict[str, tuple[int | None, str | None]]:
    """Port and URL of each service."""
    return {
        "minio": (settings.minio_port, settings.s3_endpoint),
        "postgres": (settings.postgres_port, f"postgresql://{HOST}:{settings.postgres_port}"),
        "spark": (settings.spark_port, settings.spark_remote),
        "trino": (settings.trino_port, f"http://{HOST}:{settings.trino_port}"),
        "dagster-code": (settings.dagster_code_port, f"grpc://{HOST}:{settings.dagster_code_port}"),
        "dagster-webserver": (settings.dagster_port, settings.dagster_url),
        "dagster-daemon": (None, None),
    }


def status(home: Home) -> list[ServiceStatus]:
    """Ask every service of a home, and look at its disk; raises NotSetUpError when the home is not set up."""
    settings = home.settings()
    states = Supervisor(home).states()
    with ThreadPoolExecutor(len(CHECKS)) as pool:
        # The port of a stopped service may belong to another program now: ask only what the supervisor runs.
        running = [name for name in CHECKS if states.get(name, {}).get("pid")]
        troubles = dict.fromkeys(CHECKS, "not running") | dict(
            zip(running, pool.map(lambda name: trouble(name, settings), running), strict=True)
        )
    services = [
        ServiceStatus(
            service=name,
            state=states.get(name, {}).get("statename", "STOPPED").lower(),
            pid=states.get(name, {}).get("pid") or None,
            port=port,
            url=url,
            healthy=troubles[name] is None,
            trouble=troubles[name],
        )
        for name, (port, url) in addresses(settings).items()
    ]
    full = disk.shortage(home.path)
    room = f"{disk.free_bytes(home.path) / 1e9:.0f} GB free"
    return [*services, ServiceStatus("disk", room, None, None, str(home.path), full is None, full)]


def show(services: Sequence[ServiceStatus], console: Console) -> None:
    """Print a table that fits into 80 columns, and below it what is wrong with each service, whole."""
    if not console.is_terminal:
        console.width = 1_000  # A pipe has no width to fold at.
    table = Table(box=None, pad_edge=False)
    for column in ("service", "state", "pid", "address", "health"):
        table.add_column(column, no_wrap=True)
    for line in services:
        health = Text("healthy", "green") if line.healthy else Text("unhealthy", "red")
        table.add_row(line.service, line.state, str(line.pid or ""), line.url or "", health)
    console.print(table)
    for line in services:
        if line.trouble:
            console.print(f"{line.service}: {line.trouble}", markup=False, highlight=False, soft_wrap=True)
