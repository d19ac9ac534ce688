"""`shopflow diff`: what the newest run over some days changed, in rows and cents per table."""

import json
import sys
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from local_stack.errors import DayError, HistoryGoneError
from local_stack.home import Home
from local_stack.services.supervision import settings_to_use
from shopflow_cli.days import parse_day
from shopflow_cli.diff.run_changes import Change, changes
from shopflow_cli.diff.table_diff import TableDiff, as_json
from shopflow_cli.runs.dagster_api import Webserver
from shopflow_cli.runs.recorded_run import RecordedRun, newest_run


class Form(StrEnum):
    """How the differences are written."""

    TABLE = "table"
    JSON = "json"


def command(
    first: Annotated[str, typer.Argument(metavar="FROM", help="First day, YYYY-MM-DD.")],
    last: Annotated[str, typer.Argument(metavar="TO", help="Last day, YYYY-MM-DD; included.")],
    form: Annotated[Form, typer.Option("--format", help="How to write the differences.")] = Form.TABLE,
) -> None:
    """Show what the newest run over the days FROM to TO changed: rows and cents per table, before and after.

    Silver and quarantine are compared for these days. Gold tables with monthly partitions are compared for
    the months that the run wrote to, other gold tables as a whole. Later runs do not change the result.
    The exit status is 1 when an old version of a table is no longer kept.
    """
    home, console = Home.current(), Console(highlight=False)
    start, end = parse_day(first), parse_day(last)
    if end < start:
        raise DayError(f"The range ends on {end}, before it starts on {start}.")
    run = newest_run(Webserver.shown_at(Console(stderr=True), settings_to_use(home)), start, end)
    by_table = list(changes(home, run, start, end))
    if form is Form.JSON:
        sys.stdout.write(json.dumps(_as_json(run, by_table), indent=2) + "\n")
    else:
        _show(run, by_table, console)
    if lost := [change for change in by_table if change.problem]:
        count = f"{len(lost)} of {len(by_table)} tables"
        why = "\n".join(f"  {change.table}: {change.problem}" for change in lost)
        raise HistoryGoneError(f"{count} cannot be compared; maintenance removes old versions:\n{why}")


def _show(run: RecordedRun, by_table: list[Change], console: Console) -> None:
    console.print(
        f"Run {run.id[:8]} over {run.first} to {run.last}: {run.status}, {run.ended:%Y-%m-%d %H:%M:%S} UTC"
    )
    if not console.is_terminal:
        console.width = 1_000  # A pipe has no width to fold at.
    changed = {c.table: c.diff for c in by_table if c.diff and not c.diff.is_empty}
    if changed:
        console.print(_table(changed))
    same = len(by_table) - len(changed) - sum(bool(change.problem) for change in by_table)
    if same == len(by_table):
        console.print(f"Nothing changed: all {same} tables hold the same rows as before the run.")
    elif same:
        console.print(f"{same} other tables hold the same rows as before the run.")


def _table(changed: dict[str, TableDiff]) -> Table:
    table = Table(box=SIMPLE)
    columns = ("table", "rows before", "after", "added", "removed", "changed", "amount", "before", "after")
    for name in (*columns, "difference"):
        # Folded and not cut where the terminal is narrow: a number without all its digits is wrong.
        table.add_column(name, justify="left" if name in ("table", "amount") else "right", overflow="fold")
    for name, diff in changed.items():
        counts = (diff.rows_before, diff.rows_after, diff.added, diff.removed, diff.changed)
        first, *others = _amounts(diff) or [()]
        table.add_row(name, *(f"{count:,}" for count in counts), *first)
        for amount in others:
            table.add_row(*[""] * 6, *amount)
    return table


def _amounts(diff: TableDiff) -> list[tuple[str, ...]]:
    """Return the amounts that differ: column, before, after, difference."""
    return [
        (column, f"{before:,}", f"{after:,}", f"{after - before:+,}")
        for column, (before, after) in diff.amounts.items()
        if before != after
    ]


def _as_json(run: RecordedRun, by_table: list[Change]) -> dict[str, Any]:
    days = {"from": f"{run.first}", "to": f"{run.last}"}
    tables = [{"table": change.table} | _table_json(change) for change in by_table]
    return {"run": run.id, "status": run.status, "ended": run.ended.isoformat(), **days, "tables": tables}


def _table_json(change: Change) -> dict[str, Any]:
    if change.problem:
        return {"problem": change.problem}
    if change.diff is None:
        return {"is_changed": False}
    return {"is_changed": not change.diff.is_empty} | as_json(change.diff)
