"""Follows a Dagster run at the terminal: progress while it runs, and what came of it in the end."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from textwrap import indent

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from local_stack.dagster_api import ENDED, Webserver
from local_stack.errors import BackfillStoppedError
from local_stack.run_report import CheckResult, RunReport

_POLL_SECONDS = 0.5
_STOP_SECONDS = 120


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
                    waiting = "waiting for its turn" if not report.planned else report.running
                    total = day_count * len(report.planned) or None
                    progress.update(task, description=waiting, completed=made, total=total)
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
        is_told = False
        while self.webserver.events(self.run, None)[0] not in ENDED:
            is_told = is_told or self.webserver.terminate(self.run)
            if time.monotonic() > deadline:
                raise BackfillStoppedError(f"Run {self.run} does not stop; see its page in Dagster.")
            time.sleep(_POLL_SECONDS)


def show(report: RunReport, days: str, console: Console) -> None:
    """Say in short what was made, what warns and what failed; `days` names the run's days."""
    for asset, made in report.days.items():
        console.print(f"  {asset}: {len(made)} {'day' if len(made) == 1 else 'days'}", highlight=False)
    passed = sum(check.passed for check in report.checks.values())
    console.print(f"  {passed} of {len(report.checks)} check results passed", highlight=False)
    _show_checks("Warnings", report.warnings, console)
    _show_checks("Failed checks", report.errors, console)
    for step, why in report.failed_steps.items():
        console.print(f"Failed: {step} ({days})", style="bold red", highlight=False)
        console.print(indent(why, "  "), markup=False, highlight=False, soft_wrap=True)
    if report.run_error and not report.failed_steps:
        console.print(f"Failed: {report.run_error}", style="bold red", markup=False, highlight=False)
    if report.not_reached:
        console.print(f"Not reached: {', '.join(report.not_reached)}", highlight=False, soft_wrap=True)


def _show_checks(title: str, checks: list[CheckResult], console: Console) -> None:
    """Write a line per day under each check, so that the same check's days stand together."""
    if checks:
        console.print(f"{title}:", style="bold")
    shown = ""
    for check in sorted(checks, key=lambda check: (check.asset, check.check, check.day or "")):
        name = f"{check.asset}: {check.check}"
        if name != shown:
            console.print(f"  {name}", markup=False, highlight=False, soft_wrap=True)
            shown = name
        days = check.day or "whole run"
        console.print(f"    {days}: {check.why}", markup=False, highlight=False, soft_wrap=True)
