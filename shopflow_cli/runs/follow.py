"""Follows a Dagster run at the terminal: its progress, and in the end its outcome."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from local_stack.errors import (
    BackfillFailedError,
    BackfillStoppedError,
    DagsterTroubleError,
    RunOutOfSightError,
)
from shopflow_cli.runs.dagster_api import ENDED, Webserver
from shopflow_cli.runs.outcome import show
from shopflow_cli.runs.run_report import RunReport

_POLL_SECONDS = 0.5
_WAITING = "waiting for other runs; if it takes long, see `shopflow status`"
_STOP_SECONDS = 120
# For how long a run is followed while Dagster has trouble, for example because its database is down.
_PATIENCE_SECONDS = 600


@dataclass
class Follower:
    """Follows one run by its event log. Ctrl-C stops the run, unless the follower `only_watches`."""

    webserver: Webserver
    run: str
    console: Console
    only_watches: bool = False

    def follow(self, day_count: int) -> RunReport:
        """Show progress until the run has ended.

        Raises:
            BackfillStoppedError: Ctrl-C.
            RunOutOfSightError: Dagster had trouble for too long.
        """
        report = RunReport()
        try:
            with self._progress() as (progress, task):
                for finished in self._changes(report):
                    for step in finished:
                        self.console.print(f"  done: {step}", highlight=False)
                    asset_days = sum(map(len, report.days.values()))
                    activity = " ".join(filter(None, (report.running, report.last_message)))
                    total = day_count * len(report.planned) or None
                    progress.update(
                        task,
                        description=activity if report.planned else _WAITING,
                        completed=asset_days,
                        total=total,
                    )
        except DagsterTroubleError as error:
            raise RunOutOfSightError(f"{error}\n{self._goes_on()}") from error
        except KeyboardInterrupt:
            if self.only_watches:
                raise BackfillStoppedError(self._goes_on()) from None
            self._stop()
            raise BackfillStoppedError(
                f"Run {self.run[:8]} was stopped. What it had finished is kept."
            ) from None
        return report

    def _goes_on(self) -> str:
        return f"Run {self.run[:8]} goes on in Dagster. To follow it again: shopflow follow {self.run}"

    @contextmanager
    def _progress(self) -> Generator[tuple[Progress, TaskID]]:
        columns = (
            TextColumn("  {task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("asset days"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console, transient=True) as progress:
            yield progress, progress.add_task("starting", total=None)

    def _changes(self, report: RunReport) -> Iterator[list[str]]:
        """Yield the steps that finished since the last request, until the run has ended and all is read."""
        cursor: str | None = None
        webserver = replace(self.webserver, patience_seconds=_PATIENCE_SECONDS)
        while True:
            status, events, cursor = webserver.events(self.run, cursor)
            before = len(report.finished_steps)
            for event in events:
                report.add(event)
            report.status = status
            yield report.finished_steps[before:]
            if not events:
                if status in ENDED:
                    return
                time.sleep(_POLL_SECONDS)

    def _stop(self) -> None:
        """Ask Dagster to stop the run until it accepts, and wait for the end of the run."""
        self.console.print(f"Stopping run {self.run[:8]} …", highlight=False)
        deadline = time.monotonic() + _STOP_SECONDS
        is_stopping = False
        try:
            while self.webserver.status(self.run) not in ENDED:
                is_stopping = is_stopping or self.webserver.terminate(self.run)
                if time.monotonic() > deadline:
                    raise BackfillStoppedError(f"Run {self.run} does not stop. See its page in Dagster.")
                time.sleep(_POLL_SECONDS)
        except DagsterTroubleError as error:
            page = self.webserver.page(self.run)
            raise RunOutOfSightError(f"{error}\nThe run may go on: look at {page}") from error


def follow_to_its_end(follower: Follower, days: tuple[date, date] | None) -> RunReport:
    """Follow a run over these days (None: a run without days), and show its outcome.

    Raises:
        BackfillFailedError: A step failed, or a check with severity ERROR; the console says which and why.
        BackfillStoppedError: Ctrl-C.
        RunOutOfSightError: Dagster had trouble for too long.
    """
    first, last = days or (None, None)
    report = follower.follow((last - first).days + 1 if first and last else 1)
    named = "no days" if first is None else f"{first}" if first == last else f"{first} to {last}"
    show(report, named, follower.console)
    run = f"Run {follower.run[:8]} ({named})"
    if report.is_cancelled:
        raise BackfillFailedError(f"{run} was cancelled. To go on, start it again.")
    if not report.is_good:
        raise BackfillFailedError(f"{run} failed. All its events: {follower.webserver.page(follower.run)}")
    return report
