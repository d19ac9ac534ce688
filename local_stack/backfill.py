"""`shopflow backfill`: every layer of some days, as one Dagster run that the UI shows like any other."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from local_stack.dagster_api import AssetJob, Webserver
from local_stack.errors import BackfillFailedError, BackfillStoppedError, DagsterApiError, DayError
from local_stack.home import Home
from local_stack.run_report import CheckResult, RunReport

ENDED = {"SUCCESS", "FAILURE", "CANCELED"}
RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
MAX_QUARANTINED_SHARE = "shopflow/max_quarantined_share"
_POLL_SECONDS = 0.5
_STOP_SECONDS = 60


def parse_day(text: str) -> date:
    """Read a day written YYYY-MM-DD.

    Raises:
        DayError: It is written otherwise, or there is no such day.
    """
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise DayError(f"'{text}' is not a day; write it as YYYY-MM-DD, such as 2026-01-01.")


def backfill(
    home: Home,
    start: date,
    end: date,
    console: Console,
    *,
    max_quarantined_share: Decimal | None = None,
) -> RunReport:
    """Materialize all layers of the days from `start` to `end` in one run, and follow it to its end.

    Raises:
        DayError: The range is empty or holds a day that is no partition.
        BackfillFailedError: A step failed, or a check failed with severity ERROR; the console says which and why.
        BackfillStoppedError: Ctrl-C; the run was told to stop.
    """
    webserver = Webserver(home.settings().dagster_url)
    job = asset_job(webserver)
    check_days(webserver, job, start, end)
    tags = {RANGE_START: start.isoformat(), RANGE_END: end.isoformat()}
    if max_quarantined_share is not None:
        tags[MAX_QUARANTINED_SHARE] = str(max_quarantined_share)
    run = webserver.launch(job, tags)
    console.print(f"Run {run[:8]}: {len(job.assets)} assets, {start} to {end}", highlight=False)
    console.print(f"  {webserver.url}/runs/{run}", highlight=False, soft_wrap=True)
    report = Follower(webserver, run, console).follow((end - start).days + 1)
    show(report, console)
    if not report.is_good:
        raise BackfillFailedError(
            f"The backfill of {start} to {end} failed; all its events: {webserver.url}/runs/{run}"
        )
    return report


def asset_job(webserver: Webserver) -> AssetJob:
    """Find the partitioned assets and the implicit job over all of them."""
    nodes = [node for node in webserver.assets() if node["isMaterializable"] and node["isPartitioned"]]
    if not nodes:
        raise DagsterApiError("Dagster has no partitioned assets; `shopflow logs code` may say why.")
    common = set.intersection(*(set(node["jobNames"]) for node in nodes))
    implicit = sorted(name for name in common if name.startswith("__ASSET_JOB"))
    if not implicit:
        raise DagsterApiError("Dagster has no job over all partitioned assets: they differ in partitions.")
    repository = nodes[0]["repository"]
    return AssetJob(
        repository=repository["name"],
        location=repository["location"]["name"],
        job=implicit[0],
        assets=tuple(sorted(tuple(node["assetKey"]["path"]) for node in nodes)),
    )


def check_days(webserver: Webserver, job: AssetJob, start: date, end: date) -> None:
    """Refuse days that are no partitions, before anything is started."""
    if end < start:
        raise DayError(f"The range ends on {end}, before it starts on {start}.")
    days = webserver.days(job.assets[0])
    for day in (start, end):
        if day.isoformat() not in days:
            possible = f"{days[0]} to {days[-1]}" if days else "none yet"
            raise DayError(f"{day} is not a partition; possible days: {possible}.")


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
            raise BackfillStoppedError(f"Run {self.run[:8]} was stopped; days it had finished stay.") from None
        return report

    @contextmanager
    def _progress(self) -> Iterator[tuple[Progress, TaskID]]:
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
        self.console.print(f"Stopping run {self.run[:8]} …", highlight=False)
        self.webserver.terminate(self.run)
        deadline = time.monotonic() + _STOP_SECONDS
        while self.webserver.events(self.run, None)[0] not in ENDED:
            if time.monotonic() > deadline:
                raise BackfillStoppedError(f"Run {self.run[:8]} was told to stop and has not ended yet.")
            time.sleep(_POLL_SECONDS)


def show(report: RunReport, console: Console) -> None:
    """Say in short what was made, what warns and what failed."""
    for asset, days in report.days.items():
        console.print(f"  {asset}: {len(days)} {'day' if len(days) == 1 else 'days'}", highlight=False)
    passed = sum(check.passed for check in report.checks.values())
    console.print(f"  {passed} of {len(report.checks)} check results passed", highlight=False)
    _show_checks("Warnings", report.warnings, console)
    _show_checks("Failed checks", report.errors, console)
    for step, why in report.failed_steps.items():
        console.print(f"Failed: {step}", style="bold red", highlight=False)
        console.print(f"  {why}", markup=False, highlight=False, soft_wrap=True)
    if report.run_error and not report.failed_steps:
        console.print(f"Failed: {report.run_error}", style="bold red", markup=False, highlight=False)
    if report.not_reached:
        console.print(f"Not reached: {', '.join(report.not_reached)}", highlight=False, soft_wrap=True)


def _show_checks(title: str, checks: list[CheckResult], console: Console) -> None:
    if not checks:
        return
    table = Table("day", "asset", "check", "why", title=title, title_justify="left", box=None)
    for check in checks:
        table.add_row(check.day or "all", check.asset, check.check, check.why)
    console.print(table, markup=False, highlight=False)
