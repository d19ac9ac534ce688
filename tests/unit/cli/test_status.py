"""What `shopflow status` shows of services that are not healthy."""

import io

import pytest
from rich.console import Console

from shopflow_cli.status import ServiceStatus, show

TROUBLE = "could not connect to server [Errno 111]: " + "the port is closed and nobody listens " * 5 + "END"
SERVICES = [
    ServiceStatus(
        "postgres", "starting", 4194304, 65535, "postgresql://127.0.0.1:65535", healthy=True, trouble=None
    ),
    ServiceStatus("dagster-webserver", "stopped", None, 65535, "http://127.0.0.1:65535", False, TROUBLE),
    ServiceStatus("dagster-daemon", "stopped", None, None, None, False, "not running"),
]


@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_table_fits_and_each_trouble_is_one_whole_line(*, is_terminal: bool) -> None:
    out = io.StringIO()
    show(SERVICES, Console(file=out, width=80, force_terminal=is_terminal, color_system=None))
    *table, webserver, daemon = out.getvalue().splitlines()
    assert all(len(line) <= 80 for line in table)
    assert (webserver, daemon) == (f"dagster-webserver: {TROUBLE}", "dagster-daemon: not running")
    [postgres] = [line.split() for line in table if line.startswith("postgres")]
    assert postgres == ["postgres", "starting", "4194304", "postgresql://127.0.0.1:65535", "healthy"]
