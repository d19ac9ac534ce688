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
from shopflow_cli.diff.table_diff import as_json
from shopflow_cli.runs.dagster_api import Webserver
from shopflow_cli.runs.recorded_run import RecordedRun, newest_run


class Form(StrEnum):
    """How the difference is written."""

    TABLE = "table"
    JSON = "json"


def command(
    first: Annotated[str, typer.Argument(metavar="FROM", help="First day, YYYY-MM-DD.")],
    last: Annotated[str, typer.Argument(metavar="TO", help="Last day, YYYY-MM-DD; included.")],
    form: Annotated[Form, typer.Option("--format", help="How to write it.")] = Form.TABLE,
) -> None:
    """Show what the newest run over the days FROM to TO changed: rows and cents per table, before and after.

    Silver and quarantine are compared for these days. Of gold tables that are kept by month the months that
    the run wrote to are compared, of others all rows. Later runs do not disturb it.
    Exit status 1 when a table's state of that time is no longer kept.
    """
    home, console = Home.current(), Console(highlight=False)
    start, end = parse_day(first), parse_day(last)
    if end < start:
        raise DayError(f"The range ends on {end}, before it starts on {start}.")
    run = newest_run(Webserver(settings_to_use(home)), start, end)
    found = list(changes(home, run, start, end))
    if form is Form.JSON:
        sys.stdout.write(json.dumps(_as_json(run, found), indent=2) + "\n")
    else:
        _show(run, found, console)
    if lost := [change for change in found if change.problem]:
        why = "\n".join(f"  {change.table}: {change.problem}" for change in lost)
        raise HistoryGoneError(
            f"{len(lost)} of {len(found)} tables cannot be compared; maintenance removes old versions:\n{why}"
        )


def _show(run: RecordedRun, found: list[Change], console: Console) -> None:
    console.print(
        f"Run {run.id[:8]} over {run.first} to {run.last}: {run.status}, {run.ended:%Y-%m-%d %H:%M:%S} UTC"
    )
    if not console.is_terminal:
        console.width = 1_000  # in a pipe there is no edge to fold at
    table = Table(box=SIMPLE)
    columns = ("table", "rows before", "after", "added", "removed", "changed", "amount", "before", "after")
    for name in (*columns, "difference"):
        # Folded where the terminal is narrow: a number that is cut is none.
        table.add_column(name, justify="left" if name in ("table", "amount") else "right", overflow="fold")
    compared = [(change.table, change.diff) for change in found if change.diff and not change.diff.is_empty]
    for name, diff in compared:
        counts = (diff.rows_before, diff.rows_after, diff.added, diff.removed, diff.changed)
        amounts = [
            (column, f"{before:,}", f"{after:,}", f"{after - before:+,}")
            for column, (before, after) in diff.amounts.items()
            if before != after
        ]
        table.add_row(name, *(f"{count:,}" for count in counts), *(amounts[0] if amounts else ()))
        for amount in amounts[1:]:
            table.add_row(*[""] * 6, *amount)
    if compared:
        console.print(table)
    same = len(found) - len(compared) - sum(bool(change.problem) for change in found)
    if same == len(found):
        console.print(f"Nothing changed: all {same} tables hold the same rows as before the run.")
    elif same:
        console.print(f"{same} other tables hold the same rows as before the run.")


def _as_json(run: RecordedRun, found: list[Change]) -> dict[str, Any]:
    days = {"from": f"{run.first}", "to": f"{run.last}"}
    tables = [{"table": change.table} | _table_json(change) for change in found]
    return {"run": run.id, "status": run.status, "ended": run.ended.isoformat(), **days, "tables": tables}


def _table_json(change: Change) -> dict[str, Any]:
    if change.problem:
        return {"problem": change.problem}
    if change.diff is None:
        return {"is_changed": False}
    return {"is_changed": not change.diff.is_empty} | as_json(change.diff)
