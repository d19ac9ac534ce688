"""`shopflow backfill`: every layer of some days, as one Dagster run that the UI shows like any other."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import typer
from rich.console import Console

from local_stack.errors import BackfillFailedError, DagsterApiError, DayError, DomainError
from local_stack.home import Home
from local_stack.services.supervision import settings_to_use
from local_stack.settings import Settings
from shopflow_assets.days.run_tags import DOMAIN, FORCE, RANGE_END, RANGE_START
from shopflow_cli.days import parse_day
from shopflow_cli.dry_run import news, show_plan
from shopflow_cli.runs.dagster_api import AssetJob, Webserver
from shopflow_cli.runs.follow import Follower, show
from shopflow_cli.runs.run_report import RunReport


def backfill(
    home: Home,
    start: date,
    end: date,
    console: Console,
    domain: str | None = None,
    *,
    is_forced: bool = False,
    **settings_of_ops: float | None,
) -> RunReport | None:
    """Materialize all layers of the days from `start` to `end` in one run, and follow it to its end.

    Nothing is run, and nothing returned, when there is nothing new for any of the days.

    Args:
        home: of the stack.
        start: first day.
        end: last day, included.
        console: where progress and what came of it are shown.
        domain: only its tables; all tables without one.
        is_forced: make everything anew, changed or not.
        settings_of_ops: what the run changes, by the names that ops of the pipeline give their settings.

    Raises:
        DayError: The range is empty or holds a day that is no partition.
        DomainError: There is no such domain.
        BackfillFailedError: A step failed, or a check with severity ERROR; the console says which and why.
        BackfillStoppedError: Ctrl-C; the run was told to stop.
    """
    settings = settings_to_use(home)
    webserver = Webserver(settings)
    job = asset_job(webserver)
    if domain:
        job = of_domain(job, domain)
    check_days(webserver, job, start, end)
    asks_for_a_run = is_forced or any(value is not None for value in settings_of_ops.values())
    if not asks_for_a_run and not _has_news(home, settings, start, end, domain, console):
        console.print(f"Nothing to do: gold has {start} to {end} as they are in the inbox.", highlight=False)
        console.print("  `--force` makes them anew.", highlight=False)
        return None
    tags = {RANGE_START: start.isoformat(), RANGE_END: end.isoformat()}
    tags |= {DOMAIN: domain} if domain else {}
    tags |= {FORCE: "true"} if is_forced else {}
    run = webserver.launch(job, tags, _config(webserver, job, settings_of_ops))
    page = f"{settings.dagster_url}/runs/{run}"
    console.print(f"Run {run[:8]}: {len(job.assets)} assets, {start} to {end}", highlight=False)
    console.print(f"  {page}", highlight=False, soft_wrap=True)
    report = Follower(webserver, run, console).follow((end - start).days + 1)
    show(report, str(start) if start == end else f"{start} to {end}", console)
    if not report.is_good:
        raise BackfillFailedError(f"The backfill of {start} to {end} failed; all its events: {page}")
    return report


def _has_news(
    home: Home, settings: Settings, start: date, end: date, domain: str | None, console: Console
) -> bool:
    with console.status("looking for what is new"):
        return bool(news(home, settings, start, end, domain))


def _config(webserver: Webserver, job: AssetJob, settings: Mapping[str, float | None]) -> dict[str, Any]:
    """Return the run configuration: a setting goes to every op that knows it, None changes nothing."""
    ops: dict[str, dict[str, float]] = defaultdict(dict)
    for name, value in settings.items():
        if value is not None:
            for op in webserver.ops_with_setting(job, name):
                ops[op][name] = value
    return {"ops": {op: {"config": changed} for op, changed in ops.items()}} if ops else {}


def asset_job(webserver: Webserver) -> AssetJob:
    """Find the partitioned assets and the implicit job over all of them."""
    nodes = [node for node in webserver.assets() if node["isMaterializable"] and node["isPartitioned"]]
    if not nodes:
        raise DagsterApiError("Dagster has no partitioned assets; `shopflow logs dagster-code` may say why.")
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


def of_domain(job: AssetJob, domain: str) -> AssetJob:
    """The part of a job that makes the tables of a domain, whose name is second in their keys."""
    domains = sorted({path[1] for path in job.assets})
    if domain not in domains:
        raise DomainError(f"There is no domain {domain!r}; there are: {', '.join(domains)}.")
    return replace(job, assets=tuple(path for path in job.assets if path[1] == domain))


def check_days(webserver: Webserver, job: AssetJob, start: date, end: date) -> None:
    """Refuse days that are no partitions, before anything is started."""
    if end < start:
        raise DayError(f"The range ends on {end}, before it starts on {start}.")
    days = webserver.days(job.assets[0])
    for day in (start, end):
        if day.isoformat() not in days:
            possible = f"{days[0]} to {days[-1]}" if days else "none yet"
            raise DayError(f"{day} is not a partition; possible days: {possible}.")


def command(
    first: Annotated[str, typer.Argument(metavar="FROM", help="First day, YYYY-MM-DD.")],
    last: Annotated[str, typer.Argument(metavar="TO", help="Last day, YYYY-MM-DD; included.")],
    domain: Annotated[
        str | None, typer.Option(help="Only the tables of this domain; all domains without it.")
    ] = None,
    max_quarantined_share: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Let this run accept days with more quarantined records, 0 to 1."),
    ] = None,
    rows_at_once: Annotated[
        int | None,
        typer.Option(min=1, help="Most silver rows that gold takes at once; less needs less memory."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Make days anew that have nothing new.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would run, and what would be passed over.")
    ] = False,
) -> None:
    """Carry the days FROM to TO through bronze, silver and gold, as one Dagster run.

    Days that have nothing new are passed over. A bad day holds back no other: the good ones come to gold, the
    bad ones are named. Exit status 0 unless a day is held back or a step failed; warnings are shown and pass.
    It can be repeated: the same days give the same tables. Ctrl-C stops the run.
    """
    home, console = Home.current(), Console()
    start, end = parse_day(first), parse_day(last)
    if dry_run:
        show_plan(home, start, end, console, domain)
        return
    report = backfill(
        home,
        start,
        end,
        console,
        domain,
        is_forced=force,
        max_quarantined_share=max_quarantined_share,
        rows_at_once=rows_at_once,
    )
    if report:
        look = 'shopflow sql "select * from gold.quality.published_days order by 1, 2"'
        console.print(f"Look which days are complete: {look}", highlight=False, soft_wrap=True)
