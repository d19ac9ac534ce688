"""Dagster or its database is away for a while: commands wait, say so, and in the end say what to do."""

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from local_stack.errors import BackfillFailedError, DagsterApiError, NoSuchRunError, RunOutOfSightError
from shopflow_cli.backfill import _launch
from shopflow_cli.follow_run import wanted_run
from shopflow_cli.runs import follow
from shopflow_cli.runs.dagster_api import AssetJob, Webserver
from shopflow_cli.runs.follow import Follower, follow_to_its_end
from tests.unit.cli.dagster_server import Answer, Answers

JOB = AssetJob("repository", "location", "job", (("gold", "a"),))
STACK = {"errorInfo": {"message": "inner", "stack": ["File x, line 1"]}}
AWAY = (500, {"data": None, "errors": [{"message": "too many retries\nfor DB", "extensions": STACK}]})
# Seen when the database had just come back.
CUT = {"__typename": "PythonError", "message": "cut"}
HALF_AWAY = (500, {"data": {"runOrError": {"status": "STARTED"}, "logsForRun": CUT}})


def events(status: str, *happened: dict[str, Any]) -> Answer:
    log = {"__typename": "EventConnection", "cursor": "1", "events": list(happened)}
    return {"data": {"runOrError": {"status": status}, "logsForRun": log}}


def runs(*ids: str) -> Answer:
    results = [{"runId": run, "status": "STARTED", "tags": []} for run in ids]
    return {"data": {"runsOrError": {"results": results}}}


@pytest.mark.parametrize("trouble", [AWAY, HALF_AWAY, None])
def test_a_run_is_followed_over_trouble_with_one_message(
    dagster: Answers, webserver: Webserver, trouble: Answer
) -> None:
    dagster.answers = [events("STARTED"), trouble, trouble, events("SUCCESS")]
    out = io.StringIO()
    console = Console(file=out, width=200)
    follower = Follower(replace(webserver, tell=console.print), "the run", console)
    assert follow_to_its_end(follower, None).is_good
    assert out.getvalue().count("Asking it again for up to 600 seconds") == 1
    assert "Dagster answers again." in out.getvalue()
    assert "stack" not in out.getvalue().replace("Is the stack up?", "")


def test_after_the_deadline_one_is_told_that_the_run_goes_on(
    dagster: Answers, webserver: Webserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "_PATIENCE_SECONDS", 1)
    dagster.answers = [AWAY]
    with pytest.raises(RunOutOfSightError) as raised:
        Follower(webserver, "0123456789ab", Console(quiet=True)).follow(1)
    assert str(raised.value) == (
        "Dagster answered with an error: too many retries.\n"
        "Run 01234567 goes on in Dagster. To follow it again: shopflow follow 0123456789ab"
    )


def test_a_request_that_is_wrong_is_not_repeated(dagster: Answers, webserver: Webserver) -> None:
    dagster.answers = [(400, {"errors": [{"message": "Cannot query field"}]})]
    with pytest.raises(DagsterApiError, match="error: Cannot query field"):
        webserver.assets()
    assert len(dagster.requests) == 1


@pytest.mark.parametrize("trouble", [AWAY, None])
def test_a_launch_whose_outcome_is_unknown_says_where_to_look(
    dagster: Answers, webserver: Webserver, trouble: Answer
) -> None:
    dagster.answers = [trouble]
    with pytest.raises(
        RunOutOfSightError, match=r"may have started nevertheless: look at http.*/runs"
    ) as raised:
        _launch(webserver, JOB, {}, {})
    assert "line 1" not in str(raised.value)
    assert len(dagster.requests) == 1


def test_the_run_under_way_is_followed_and_its_failure_is_an_error(
    dagster: Answers, webserver: Webserver
) -> None:
    dagster.answers = [runs("newest", "older"), events("FAILURE")]
    run = wanted_run(webserver, None)["runId"]
    assert run == "newest"
    with pytest.raises(BackfillFailedError, match=r"Run newest \(no days\) failed.*/runs/newest"):
        follow_to_its_end(Follower(webserver, run, Console(quiet=True)), None)


def test_a_run_is_found_by_the_beginning_of_its_id(dagster: Answers, webserver: Webserver) -> None:
    dagster.answers = [runs("a1", "b2"), runs()]
    assert wanted_run(webserver, "b")["runId"] == "b2"
    dagster.answers = [runs(), runs("c3"), runs()]
    assert wanted_run(webserver, "c")["runId"] == "c3"
    dagster.answers = [runs()]
    with pytest.raises(NoSuchRunError, match="no run 'd'"):
        wanted_run(webserver, "d")
    with pytest.raises(NoSuchRunError, match="No run is under way"):
        wanted_run(webserver, None)
