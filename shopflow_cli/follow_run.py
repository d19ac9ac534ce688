"""`shopflow follow`: follows a run that somebody or something else started, or that was lost out of sight."""

from typing import Annotated, Any

import typer
from rich.console import Console

from local_stack.errors import NoSuchRunError
from local_stack.home import Home
from local_stack.services.supervision import settings_to_use
from shopflow_cli.runs.dagster_api import Webserver
from shopflow_cli.runs.follow import Follower, follow_to_its_end
from shopflow_cli.runs.recorded_run import days_of


def wanted_run(webserver: Webserver, start_of_id: str | None) -> dict[str, Any]:
    """Return the newest run whose id begins so, first of those under way; without an id, only of these.

    Raises:
        NoSuchRunError: There is none.
    """
    for run in webserver.runs_under_way():
        if run["runId"].startswith(start_of_id or ""):
            return run
    if start_of_id is None:
        raise NoSuchRunError("No run is under way. To see the outcome of an older one, name it.")
    for run in webserver.finished_runs():
        if run["runId"].startswith(start_of_id):
            return run
    raise NoSuchRunError(f"There is no run {start_of_id!r}. The runs: {webserver.settings.dagster_url}/runs")


def command(
    run: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN",
            help="Its id, or how the id begins; without it, the newest run under way.",
        ),
    ] = None,
) -> None:
    """Show the progress of a run and its outcome, e.g. of a run that a sensor or a schedule started.

    The exit status is 1 when the run fails. Ctrl-C ends this command only; the run goes on.
    """
    console = Console()
    webserver = Webserver.shown_at(console, settings_to_use(Home.current()))
    wanted = wanted_run(webserver, run)
    console.print(f"Run {wanted['runId'][:8]}", highlight=False)
    console.print(f"  {webserver.page(wanted['runId'])}", highlight=False, soft_wrap=True)
    follow_to_its_end(Follower(webserver, wanted["runId"], console, only_watches=True), days_of(wanted))
