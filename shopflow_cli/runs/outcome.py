"""Shows the outcome of a run at the terminal: what was materialized, the warnings and the failures."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from textwrap import indent

from rich.console import Console

from shopflow_cli.runs.run_report import CheckResult, RunReport

# Lines of warnings per check. Failed checks have no limit: each of their days is named.
_MOST_WARNINGS = 10
# Warnings that differ in numbers only share a line if there are more than this.
_MOST_ALIKE = 3
# Lines after the first one of a message, or of a day in a message.
_MOST_LINES = 10
_NUMBER = re.compile(r"\d[\d.,:-]*")
_LinesOf = Callable[[list[CheckResult]], Iterable[str]]


def show(report: RunReport, days: str, console: Console) -> None:
    """Print what was materialized, the warnings and the failures; `days` names the run's days."""
    for asset, asset_days in report.days.items():
        unit = "day" if len(asset_days) == 1 else "days"
        console.print(f"  {asset}: {len(asset_days)} {unit}", highlight=False)
    if report.checks:
        passed = sum(check.passed for check in report.checks.values())
        console.print(f"  {passed} of {len(report.checks)} check results passed", highlight=False)
    _show_checks("Warnings", report.warnings, console, _lines_of_warnings)
    _show_checks("Failed checks", report.errors, console, _lines_of_errors)
    for step, why in report.failed_steps.items():
        console.print(f"Failed: {step} ({days})", style="bold red", highlight=False)
        for line in _reasons(why):
            console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
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


def _show_checks(title: str, checks: list[CheckResult], console: Console, lines_of: _LinesOf) -> None:
    """Print the days of each check under its name. Assets of which it says the same share the lines."""
    if checks:
        console.print(f"{title}:", style="bold")
    assets_of: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (asset, name), results in groupby(checks, key=lambda check: (check.asset, check.check)):
        assets_of[name, tuple(lines_of(list(results)))].append(asset)
    for (name, lines), assets in assets_of.items():
        console.print(f"  {', '.join(assets)}: {name}", markup=False, highlight=False, soft_wrap=True)
        for line in lines:
            console.print(indent(line, "    "), markup=False, highlight=False, soft_wrap=True)


def _lines_of_errors(results: list[CheckResult]) -> Iterator[str]:
    return (_line(days_alike) for days_alike in _ranges(results))


def _lines_of_warnings(results: list[CheckResult]) -> Iterator[str]:
    """Fold warnings that differ in numbers only, and put them last: they must not hide others."""
    kinds: dict[str, list[CheckResult]] = defaultdict(list)
    for result in results:
        kinds[_NUMBER.sub("#", result.why)].append(result)
    ranges_of_kinds = [list(_ranges(alike)) for alike in kinds.values()]
    few = [days_alike for ranges in ranges_of_kinds if len(ranges) <= _MOST_ALIKE for days_alike in ranges]
    yield from map(_line, few[:_MOST_WARNINGS])
    if not_shown := sum(map(len, few[_MOST_WARNINGS:])):
        yield f"{not_shown} more days: see the asset's checks in Dagster"
    for ranges in ranges_of_kinds:
        if len(ranges) > _MOST_ALIKE:
            first, last = ranges[0][0], ranges[-1][-1]
            count = sum(map(len, ranges))
            yield f"{count} days from {first.day} to {last.day}, the first: {_shortened(first.why)}"


def _ranges(results: Iterable[CheckResult]) -> Iterator[list[CheckResult]]:
    """Group the results of a check: consecutive days with the same message are one range."""
    days_alike: list[CheckResult] = []
    for result in results:
        if days_alike and (result.why != days_alike[-1].why or not result.is_day_after(days_alike[-1])):
            yield days_alike
            days_alike = []
        days_alike.append(result)
    yield days_alike


def _line(days_alike: list[CheckResult]) -> str:
    first, last = days_alike[0].day or "whole run", days_alike[-1].day
    days = first if len(days_alike) == 1 else f"{first} to {last}"
    return f"{days}: {_shortened(days_alike[0].why)}"


def _shortened(text: str) -> str:
    """Indent the lines after the first, such as one for each file of a day; of many, count the last ones."""
    first, *others = text.splitlines() or [""]
    return "\n".join([first, *(f"  {line}" for line in _cut(others))])


def _cut(lines: Sequence[str]) -> list[str]:
    if len(lines) <= _MOST_LINES:
        return list(lines)
    shown = lines[: _MOST_LINES - 1]
    return [*shown, f"and {len(lines) - len(shown)} more: see the asset's checks in Dagster"]


def _reasons(text: str) -> Iterator[str]:
    """Yield the lines of a failure. Those that begin with blanks belong to the day before them."""
    for is_detail, lines in groupby(text.splitlines(), key=lambda line: line.startswith(" ")):
        yield from (f"  {line.strip()}" for line in _cut(list(lines))) if is_detail else lines
