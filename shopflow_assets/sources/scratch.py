"""Where files lie that are on their way into the lake."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from shopflow_assets.settings import settings


@contextmanager
def scratch_folder() -> Generator[Path]:
    """A folder in the home, which is deleted afterwards: /tmp may be small, or in memory.

    What a killed process leaves is deleted by the next `shopflow up` that starts the stack.
    """
    parent = settings().home / "scratch"
    parent.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=parent) as folder:
        yield Path(folder)
