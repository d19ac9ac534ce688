"""Follows a Dagster run at the terminal: progress while it runs, and what came of it in the end."""

import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from textwrap import indent

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from local_stack.errors import BackfillStoppedError
from shopflow_cli.runs.dagster_api import ENDED, Webserver
from shopflow_cli.runs.run_report import CheckResult, RunReport

_POLL_SECONDS = 0.5
_WAITING = "waiting for its turn; if that is long, see `shopflow status`"
_STOP_SECONDS = 120
# Of one check; a failure's days are all named.
_MOST_WARNINGS = 10


@dataclass
class Follower:
    """Follows one run by its event log."""

    webserver: Webserver
    run: str
    console: Console

    def follow(self, day_count: int) -> RunReport:
        """Show progress until the run has ended."""
        report = RunReport()
        try:
            with self._progress() as (progress, task):
                for finished in self._changes(report):
                    for step in finished:
                        self.console.print(f"  done: {step}", highlight=False)
                    made = sum(map(len, report.days.values()))
                    doing = " ".join(filter(None, (report.running, report.said)))
                    total = day_count * len(report.planned) or None
                    progress.update(
                        task,
                        description=doing if report.planned else _WAITING,
                        completed=made,
                        total=total,
                    )
        except KeyboardInterrupt:
            self._stop()
            raise BackfillStoppedError(
                f"Run {self.run[:8]} was stopped; what it had finished stays."
            ) from None
        return report

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
        """Yield the steps that finished since the last look, until the run ended and all is read."""
        cursor: str | None = None
        while True:
            status, events, cursor = self.webserver.events(self.run, cursor)
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
        """Tell the run to stop, again until Dagster takes it, and wait until it has ended."""
        self.console.print(f"Stopping run {self.run[:8]} …", highlight=False)
        deadline = time.monotonic() + _STOP_SECONDS
        is_stopping = False
        while self.webserver.status(self.run) not in ENDED:
            is_stopping = is_stopping or self.webserver.terminate(self.run)
            if time.monotonic() > deadline:
                raise BackfillStoppedError(f"Run {self.run} does not stop; see its page in Dagster.")
            time.sleep(_POLL_SECONDS)


def show(report: RunReport, days: str, console: Console) -> None:
    """Say in short what was made, what warns and what failed; `days` names the run's days."""
    for asset, made in report.days.items():
        console.print(f"  {asset}: {len(made)} {'day' if len(made) == 1 else 'days'}", highlight=False)
    passed = sum(check.passed for check in report.checks.values())
    console.print(f"  {passed} of {len(report.checks)} check results passed", highlight=False)
    _show_checks("Warnings", report.warnings, console, most=_MOST_WARNINGS)
    _show_checks("Failed checks", report.errors, console)
    for step, why in report.failed_steps.items():
        console.print(f"Failed: {step} ({days})", style="bold red", highlight=False)
        console.print(indent(why, "  "), markup=False, highlight=False, soft_wrap=True)
    if report.run_error and not report.failed_steps:
        console.print(f"Failed: {report.run_error}", style="bold red", markup=False, highlight=False)
    if report.untouched and report.status == "SUCCESS":
        console.print(f"  nothing new for: {', '.join(report.untouched)}", highlight=False, soft_wrap=True)
    elif report.untouched:
        console.print(f"Not made: {', '.join(report.untouched)}", highlight=False, soft_wrap=True)


def _show_checks(title: str, checks: list[CheckResult], console: Console, most: int | None = None) -> None:
    """Write the days of each check under its name, `most` lines of them."""
    if checks:
        console.print(f"{title}:", style="bold")
    for name, results in groupby(checks, key=lambda check: f"{check.asset}: {check.check}"):
        console.print(f"  {name}", markup=False, highlight=False, soft_wrap=True)
        stretches = list(_stretches(results))
        for stretch in stretches[:most]:
            days, why = _days(stretch), stretch[0].why
            console.print(f"    {days}: {why}", markup=False, highlight=False, soft_wrap=True)
        left_off = sum(map(len, stretches[most:])) if most else 0
        if left_off:
            console.print(f"    {left_off} more days: see the asset's checks in Dagster", highlight=False)


def _stretches(results: Iterable[CheckResult]) -> Iterator[list[CheckResult]]:
    """Yield the days that follow one another and of which a check says the same."""
    stretch: list[CheckResult] = []
    for result in results:
        if stretch and (result.why != stretch[-1].why or not result.is_day_after(stretch[-1])):
            yield stretch
            stretch = []
        stretch.append(result)
    yield stretch


def _days(stretch: list[CheckResult]) -> str:
    first, last = stretch[0].day or "whole run", stretch[-1].day
    return first if len(stretch) == 1 else f"{first} to {last}"
