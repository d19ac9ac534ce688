"""A line that shows which day is simulated."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def progress_over(days: int, console: Console) -> Generator[Callable[[str], None]]:
    """Show how many of the days are done; yields what to call with each day after it."""
    columns = (TextColumn("  {task.description}"), BarColumn(bar_width=24), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task("", total=days)

        def advance(day: str) -> None:
            progress.update(task, description=day, advance=1)

        yield advance
