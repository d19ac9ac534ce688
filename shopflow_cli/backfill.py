"""`shopflow backfill`: all layers of some days, as one Dagster run that the UI shows like any other."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import typer
from rich.console import Console

from local_stack.errors import DagsterTroubleError, RunOutOfSightError
from local_stack.home import Home
from local_stack.services.supervision import settings_to_use
from shopflow_assets.days.run_tags import DOMAIN, FORCE, RANGE_END, RANGE_START, missing_tags
from shopflow_cli.days import parse_day
from shopflow_cli.dry_run import (
    arrived,
    missing,
    name_missing,
    plans,
    show_what_a_run_would_do,
    with_news,
)
from shopflow_cli.runs.asset_selection import job_over, of_domains
from shopflow_cli.runs.dagster_api import AssetJob, Webserver
from shopflow_cli.runs.follow import Follower, follow_to_its_end
from shopflow_cli.runs.run_report import RunReport


def backfill(
    home: Home,
    start: date,
    end: date,
    console: Console,
    domain: str | None = None,
    *,
    is_forced: bool = False,
    skips_missing: bool = False,
    **op_settings: float | None,
) -> RunReport | None:
    """Materialize all layers of the days from `start` to `end` in one run, and follow it to its end.

    Starts no run and returns None when none of the days has anything new.

    Args:
        home: of the stack.
        start: first day.
        end: last day, included.
        console: where progress and the outcome are shown.
        domain: only the tables of this domain; all tables without it.
        is_forced: also run days that have nothing new.
        skips_missing: leave out days of which nothing has arrived.
        op_settings: settings of ops that the run changes, by name; None keeps the usual value.

    Raises:
        DayError: The range is empty or holds a day that is no partition.
        DomainError: There is no such domain.
        BackfillFailedError: A step failed, or a check with severity ERROR; the console says which and why.
        BackfillStoppedError: Ctrl-C; the run was told to stop.
        RunOutOfSightError: Dagster had trouble for too long; the run goes on.
    """
    settings = settings_to_use(home)
    webserver = Webserver.shown_at(console, settings)
    job = job_over(webserver, start, end, domain)
    takes_all = is_forced or any(value is not None for value in op_settings.values())
    tags = _tags(start, end, domain, is_forced=is_forced)
    if skips_missing or not takes_all:
        with console.status("looking for new input"):
            by_domain = plans(home, settings, start, end, domain)
        if skips_missing:
            left_out, by_domain = missing(by_domain), arrived(by_domain)
            name_missing(left_out, (end - start).days + 1, console)
            for name in by_domain:
                tags |= missing_tags(name, left_out.get(name, []))
            job = of_domains(job, by_domain)
        if not (by_domain if takes_all else with_news(by_domain)):
            _say_nothing_to_do(start, end, console, has_days=bool(by_domain))
            return None
    run = _launch(webserver, job, tags, op_settings)
    console.print(f"Run {run[:8]}: {len(job.assets)} assets, {start} to {end}", highlight=False)
    console.print(f"  {webserver.page(run)}", highlight=False, soft_wrap=True)
    return follow_to_its_end(Follower(webserver, run, console), (start, end))


def _launch(
    webserver: Webserver, job: AssetJob, tags: dict[str, str], op_settings: Mapping[str, float | None]
) -> str:
    config = _config(webserver, job, op_settings)
    try:
        return webserver.launch(job, tags, config)
    except DagsterTroubleError as error:
        runs = f"{webserver.settings.dagster_url}/runs"
        raise RunOutOfSightError(
            f"{error}\nThe run may have started nevertheless: look at {runs} before you start it again."
        ) from error


def _tags(start: date, end: date, domain: str | None, *, is_forced: bool) -> dict[str, str]:
    tags = {RANGE_START: start.isoformat(), RANGE_END: end.isoformat()}
    tags |= {DOMAIN: domain} if domain else {}
    return tags | ({FORCE: "true"} if is_forced else {})


def _say_nothing_to_do(start: date, end: date, console: Console, *, has_days: bool) -> None:
    if not has_days:
        console.print("Nothing to do: no other day is in the range.", highlight=False)
        return
    console.print(f"Nothing to do: all layers hold {start} to {end} as the source has them.", highlight=False)
    console.print("  `--force` runs them nevertheless.", highlight=False)


def _config(webserver: Webserver, job: AssetJob, op_settings: Mapping[str, float | None]) -> dict[str, Any]:
    """Return the run configuration: each setting that is not None, for every op that has it."""
    ops: dict[str, dict[str, float]] = defaultdict(dict)
    for name, value in op_settings.items():
        if value is not None:
            for op in webserver.ops_with_setting(job, name):
                ops[op][name] = value
    return {"ops": {op: {"config": changed} for op, changed in ops.items()}} if ops else {}


def command(
    first: Annotated[str, typer.Argument(metavar="FROM", help="First day, YYYY-MM-DD.")],
    last: Annotated[str, typer.Argument(metavar="TO", help="Last day, YYYY-MM-DD; included.")],
    domain: Annotated[
        str | None, typer.Option(help="Only the tables of this domain; all domains without it.")
    ] = None,
    max_quarantined_share: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="The share of refused records up to which this run accepts a day, e.g. 0.2."
        ),
    ] = None,
    rows_at_once: Annotated[
        int | None,
        typer.Option(
            min=1, help="How many silver rows gold reads in one batch at most; fewer need less memory."
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Run all the days, also those that have nothing new.")
    ] = False,
    skip_missing: Annotated[
        bool,
        typer.Option("--skip-missing", help="Leave out days of which nothing has arrived, and name them."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what a run would do; start none.")] = False,
) -> None:
    """Bring the days FROM to TO through bronze, silver and gold, as one Dagster run.

    Days without new input are skipped. A bad day does not stop the others: the good days reach gold, and the
    bad ones are named. A day of which nothing has arrived is a bad one, unless you give `--skip-missing`.

    The exit status is 1 when a day is held back or a step failed, not for warnings or days that are left out.
    You can repeat the command: the same days give the same tables. Ctrl-C stops the run.
    """
    home, console = Home.current(), Console()
    start, end = parse_day(first), parse_day(last)
    if dry_run:
        show_what_a_run_would_do(home, start, end, console, domain, skips_missing=skip_missing)
        return
    report = backfill(
        home,
        start,
        end,
        console,
        domain,
        is_forced=force,
        skips_missing=skip_missing,
        max_quarantined_share=max_quarantined_share,
        rows_at_once=rows_at_once,
    )
    if report:
        query = 'shopflow sql "select * from gold.quality.published_days order by 1, 2"'
        console.print(f"To see which days are complete: {query}", highlight=False, soft_wrap=True)
