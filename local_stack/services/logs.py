"""The services' log files."""

import time
from collections.abc import Iterator
from pathlib import Path

from local_stack.errors import ServiceFailedError
from local_stack.home import Home
from local_stack.services.health import CHECKS

_BYTES = 256 * 1024


def log_file(home: Home, service: str) -> Path:
    """The log file of a service; raises ServiceFailedError for an unknown name, or before its first start."""
    if service not in CHECKS:
        raise ServiceFailedError(f"There is no service {service!r}. Choose one of: {', '.join(CHECKS)}.")
    file = home.logs / f"{service}.log"
    if not file.exists():
        raise ServiceFailedError(f"{service} has no log yet: it was never started in {home.path}.")
    return file


def last_lines(file: Path, count: int) -> list[str]:
    """The last lines of a file, read from its last quarter of a megabyte only."""
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - _BYTES))
        return stream.read().decode(errors="replace").splitlines()[-count:]


def tail(home: Home, service: str, count: int = 20) -> str:
    """The path and the last lines of a service's log, for an error message."""
    file = home.logs / f"{service}.log"
    lines = last_lines(file, count) if file.exists() else ["(nothing)"]
    return "\n".join([f"The end of {file}:", *lines])


def follow(file: Path) -> Iterator[str]:
    """Yield lines as they are written, without end; changes to the new file when the log is rotated."""
    with file.open(errors="replace") as stream:
        stream.seek(0, 2)
        inode = file.stat().st_ino
        while file.exists() and file.stat().st_ino == inode:
            line = stream.readline()
            if line:
                yield line.rstrip("\n")
            else:
                time.sleep(0.2)
    yield from follow(file)
