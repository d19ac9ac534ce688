"""Launching, status and termination through Dagster's client: our errors, and what is asked again."""

from collections.abc import Callable
from typing import Any

import pytest

from local_stack.errors import DagsterApiError, DagsterUnreachableError
from shopflow_cli.runs.dagster_api import AssetJob, Webserver
from tests.unit.cli.dagster_server import Answer, Answers

JOB = AssetJob("repository", "location", "__ASSET_JOB", (("silver", "a"), ("gold", "b")))


def launched(**answer: Any) -> Answer:
    return {"data": {"launchPipelineExecution": answer}}


def status(name: str) -> Answer:
    return {"data": {"pipelineRunOrError": {"__typename": "Run", "status": name}}}


def terminated(**answer: Any) -> Answer:
    return {"data": {"terminateRun": answer}}


def test_a_run_is_launched_over_the_assets_with_tags_and_configuration(
    dagster: Answers, webserver: Webserver
) -> None:
    dagster.answers = [launched(__typename="LaunchRunSuccess", run={"runId": "the run"})]
    assert webserver.launch(JOB, {"shopflow/force": "true"}, {"ops": {}}) == "the run"
    asked = dagster.requests[0]["variables"]["executionParams"]
    assert asked["selector"]["pipelineName"] == "__ASSET_JOB"
    assert [key["path"] for key in asked["selector"]["assetSelection"]] == [["silver", "a"], ["gold", "b"]]
    assert asked["executionMetadata"]["tags"] == [{"key": "shopflow/force", "value": "true"}]
    assert asked["runConfigData"] == {"ops": {}}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"__typename": "PythonError", "message": "no such asset"}, "no such asset"),
        (
            {"__typename": "RunConfigValidationInvalid", "errors": [{"message": "one"}, {"message": "two"}]},
            "one; two",
        ),
        ({"__typename": "InvalidSubsetError"}, "shopflow logs dagster-webserver"),
    ],
)
def test_a_launch_that_dagster_refuses_says_why(
    dagster: Answers, webserver: Webserver, answer: dict[str, Any], message: str
) -> None:
    dagster.answers = [launched(**answer)]
    with pytest.raises(DagsterApiError, match=f"did not start the run.*{message}"):
        webserver.launch(JOB, {}, {})


def test_a_launch_is_not_repeated_when_the_answer_is_lost(dagster: Answers, webserver: Webserver) -> None:
    dagster.answers = [None, launched(__typename="LaunchRunSuccess", run={"runId": "a second run"})]
    with pytest.raises(DagsterUnreachableError, match="shopflow status"):
        webserver.launch(JOB, {}, {})
    assert len(dagster.requests) == 1


def test_a_query_that_is_no_part_of_the_schema_says_what_dagster_says(
    dagster: Answers, webserver: Webserver
) -> None:
    dagster.answers = [{"errors": [{"message": "Cannot query field"}]}]
    with pytest.raises(DagsterApiError, match="Cannot query field"):
        webserver.launch(JOB, {}, {})


@pytest.mark.parametrize(
    ("ask", "answer", "expected"),
    [
        (lambda w: w.status("run"), status("STARTED"), "STARTED"),
        (
            lambda w: w.terminate("run"),
            terminated(__typename="TerminateRunSuccess", run={"runId": "run"}),
            True,
        ),
    ],
)
def test_status_and_termination_are_asked_again_when_the_answer_is_lost(
    dagster: Answers,
    webserver: Webserver,
    ask: Callable[[Webserver], object],
    answer: Answer,
    expected: object,
) -> None:
    dagster.answers = [None, answer]
    assert ask(webserver) == expected


def test_a_run_that_is_just_being_launched_is_not_stopped(dagster: Answers, webserver: Webserver) -> None:
    dagster.answers = [terminated(__typename="TerminateRunFailure", message="not yet")]
    assert not webserver.terminate("run")
