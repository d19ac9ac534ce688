"""The processes of a home, whatever their parent is now: each carries the home's path in its environment."""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil

from local_stack.home import MARK, Home


def leftovers(home: Home) -> list[psutil.Process]:
    """Processes with this home's mark, whatever their parent is now."""
    return [process for process, owner in marked_processes() if owner == home]


def marked_processes() -> Iterator[tuple[psutil.Process, Home]]:
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
