"""Where files lie that are on their way into the lake."""

import errno
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from shopflow_assets.errors import DiskFullError


@contextmanager
def scratch_folder(home: Path) -> Generator[Path]:
    """A folder in a home, which is deleted afterwards: /tmp may be small, or in memory.

    What a killed process leaves is deleted by the next `shopflow up` that starts the stack.

    Raises:
        DiskFullError: what is written there has filled the disk, which has room again once it is deleted.
    """
    parent = home / "scratch"
    parent.mkdir(exist_ok=True)
    try:
        with TemporaryDirectory(dir=parent) as folder:
            yield Path(folder)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise DiskFullError(
            f"The disk of {parent} has no room for what is being landed. Make room on it; then run again what"
            " failed."
        ) from None
