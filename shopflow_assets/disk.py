"""Room on the disks of a home. A step that begins without it would end in an engine's error.

The weekly job does not ask: it makes room.
"""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from shopflow_assets.errors import BadDaysError, DiskFullError

# MinIO refuses to write when less than this share of its disk is free.
_MINIO_SHARE = 0.01
# For what a run writes beside and meanwhile: PostgreSQL's log, Spark's temporary rows.
_BYTES = 1_000_000_000


def free_bytes(home: Path) -> int:
    """The free bytes on the fullest disk of a home."""
    return min(shutil.disk_usage(folder).free for folder in _disks(home))


def shortage(home: Path) -> str | None:
    """Which disk of a home is nearly full, and what to do; None while all have room."""
    for folder in _disks(home):
        disk = shutil.disk_usage(folder)
        needed = _MINIO_SHARE * disk.total + _BYTES
        if disk.free < needed:
            return (
                f"The disk of {folder} is nearly full: {_gigabytes(disk.free)} are free, and the engines need"
                f" {_gigabytes(needed)}. Make room on it; then run again what failed."
            )
    return None


@contextmanager
def room_on_disk(home: Path) -> Generator[None]:
    """Raise DiskFullError before a step without room, and for the error of a step that ran out of room."""
    if full := shortage(home):
        raise DiskFullError(full)
    try:
        yield
    except Exception as error:
        if full := shortage(home):
            # Without a cause: Dagster's pages and the command show the innermost error.
            # Bad days are named line by line; of an engine's error the first line says it.
            why = str(error) if isinstance(error, BadDaysError) else str(error).partition("\n")[0]
            raise DiskFullError(f"{full} The step failed with: {why}") from None
        raise


def _disks(home: Path) -> list[Path]:
    """A folder on each disk of a home: the home's own, and others that are mounted or linked into it."""
    folders = [home, *(folder for folder in sorted(home.iterdir()) if folder.is_dir())]
    return list({folder.stat().st_dev: folder for folder in reversed(folders)}.values())


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:.1f} GB"
