"""The cache of engines. An entry is made in a temporary folder, verified, and then renamed."""

import contextlib
import fcntl
import shutil
import tempfile
import time
from collections.abc import Callable, Generator
from pathlib import Path

from local_stack.engines import commands


@contextlib.contextmanager
def file_lock(path: Path) -> Generator[None]:
    """Hold an exclusive lock on a file; the system frees it when the process ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        # Not a blocking call, because a thread in a blocking call cannot be interrupted.
        while not _try_lock(file.fileno()):
            commands.stop_if_asked()
            time.sleep(0.1)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def ensure(cache: Path, name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder `cache/name`, made by `make(empty folder)` if it is not there.

    The folder is used only if `make` returned. A second process waits for the first one. What an interrupted
    process left behind is deleted.
    """
    entry = cache / name
    if entry.is_dir():
        return entry
    with file_lock(cache / ".locks" / name):
        if entry.is_dir():
            return entry
        for stale in cache.glob(f".making-{name}-*"):
            shutil.rmtree(stale, ignore_errors=True)
        working = Path(tempfile.mkdtemp(prefix=f".making-{name}-", dir=cache))
        working.chmod(0o755)
        try:
            make(working)
            working.rename(entry)
        finally:
            shutil.rmtree(working, ignore_errors=True)
    return entry
