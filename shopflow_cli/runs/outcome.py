"""Shows the outcome of a run at the terminal: what was materialized, the warnings and the failures."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from textwrap import indent

from rich.console import Console

from shopflow_cli.runs.run_report import CheckResult, RunReport

# Lines per check. Failed checks have no limit: each of their days is named.
_MOST_WARNINGS = 10


def show(report: RunReport, days: str, console: Console) -> None:
    """Print what was materialized, the warnings and the failures; `days` names the run's days."""
    for asset, asset_days in report.days.items():
        unit = "day" if len(asset_days) == 1 else "days"
        console.print(f"  {asset}: {len(asset_days)} {unit}", highlight=False)
    passed = sum(check.passed for check in report.checks.values())
    console.print(f"  {passed} of {len(report.checks)} check results passed", highlight=False)
    _show_checks("Warnings", report.warnings, console, most=_MOST_WARNINGS)
    _show_checks("Failed checks", report.errors, console)
    for step, why in report.failed_steps.items():
        console.print(f"Failed: {step} ({days})", style="bold red", highlight=False)
        console.print(indent(why, "  "), markup=False, highlight=False, soft_wrap=True)
    if report.is_cancelled:
        during = f" during {', '.join(report.interrupted_steps)}" if report.interrupted_steps else ""
        by = "in Dagster or by another command; what it had finished is kept"
        console.print(f"Cancelled{during}: the run was stopped {by}.", style="bold red", highlight=False)
    elif report.run_error and not report.failed_steps:
        console.print(f"Failed: {report.run_error}", style="bold red", markup=False, highlight=False)
    if report.untouched and report.status == "SUCCESS":
        console.print(f"  nothing new for: {', '.join(report.untouched)}", highlight=False, soft_wrap=True)
    elif report.untouched:
        console.print(f"Not materialized: {', '.join(report.untouched)}", highlight=False, soft_wrap=True)


def _show_checks(title: str, checks: list[CheckResult], console: Console, most: int | None = None) -> None:
    """Print the days of each check under its name, at most `most` lines per check."""
    if checks:
        console.print(f"{title}:", style="bold")
    for name, results in groupby(checks, key=lambda check: f"{check.asset}: {check.check}"):
        console.print(f"  {name}", markup=False, highlight=False, soft_wrap=True)
        ranges = list(_ranges(results))
        for days_alike in ranges[:most]:
            days, why = _days(days_alike), days_alike[0].why
            console.print(f"    {days}: {why}", markup=False, highlight=False, soft_wrap=True)
        not_shown = sum(map(len, ranges[most:])) if most else 0
        if not_shown:
            console.print(f"    {not_shown} more days: see the asset's checks in Dagster", highlight=False)


def _ranges(results: Iterable[CheckResult]) -> Iterator[list[CheckResult]]:
    """Group the results of a check: consecutive days with the same message are one range."""
    days_alike: list[CheckResult] = []
    for result in results:
        if days_alike and (result.why != days_alike[-1].why or not result.is_day_after(days_alike[-1])):
            yield days_alike
            days_alike = []
        days_alike.append(result)
    yield days_alike


def _days(days_alike: list[CheckResult]) -> str:
    first, last = days_alike[0].day or "whole run", days_alike[-1].day
    return first if len(days_alike) == 1 else f"{first} to {last}"
