"""Starts Dagster's runs for tests and waits for them: runs of assets, of sensors, of jobs without days."""

import time
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rich.console import Console

from local_stack.services.health import graphql
from shopflow_assets.days.run_tags import FORCE, RANGE_END, RANGE_START
from shopflow_cli.runs.asset_selection import asset_job
from shopflow_cli.runs.dagster_api import ENDED, Webserver
from shopflow_cli.runs.follow import Follower
from shopflow_cli.runs.run_report import RunReport
from tests.harness.stack import Stack, eventually

# Dagster's client cannot choose checks.
LAUNCH = """mutation Launch($params: ExecutionParams!) { launchPipelineExecution(executionParams: $params) {
            __typename ... on LaunchRunSuccess { run { id } } ... on Error { message } } }"""
START = """mutation Start($sensor: SensorSelector!) { startSensor(sensorSelector: $sensor) {
           __typename ... on Sensor { sensorState { id } } } }"""
STOP = "mutation Stop($id: String!) { stopSensor(id: $id) { __typename } }"
TICKS = """query Ticks($sensor: SensorSelector!, $since: Float) {
           sensorOrError(sensorSelector: $sensor) { ... on Sensor { sensorState {
           ticks(limit: 100, afterTimestamp: $since) { status skipReason runIds error { message } } } } } }"""
RUNS = """query Runs($ids: [String!]) { runsOrError(filter: {runIds: $ids}) { ... on Runs { results {
          status tags { key value } } } } }"""
EVALUATE = """mutation Evaluate($schedule: ScheduleSelector!, $at: Float!) {
              scheduleDryRun(selectorData: $schedule, timestamp: $at) { ... on DryRunInstigationTick {
              evaluationResult { runRequests { tags { key value } assetSelection { path } } } } } }"""
NEWEST = """query Newest($count: Int!) { runsOrError(limit: $count) { ... on Runs { results {
            runId parentRunId status stepStats { stepKey status } } } } }"""
SIZES = """query Sizes($run: ID!) { logsForRun(runId: $run, limit: 1000) { ... on EventConnection { events {
           ... on ObservationEvent { assetKey { path } metadataEntries {
             label ... on IntMetadataEntry { intRepr } } } } } } }"""

Path = tuple[str, ...]
Sizes = dict[str, dict[str, int]]


def run_assets(
    stack: Stack,
    first: date,
    last: date | None = None,
    *,
    assets: Iterable[Path] = (),
    checks: Iterable[tuple[Path, str]] | None = (),
    config: Mapping[str, Any] | None = None,
    is_forced: bool = False,
) -> RunReport:
    """Run some assets and some checks (None: all checks of the assets) for a day or a range.

    A forced run also recomputes days without new input.
    """
    webserver = Webserver(stack.settings)
    tags = {RANGE_START: f"{first}", RANGE_END: f"{last or first}"} | ({FORCE: "true"} if is_forced else {})
    selector = {
        **asset_job(webserver).selector(),
        "assetSelection": [{"path": list(path)} for path in assets],
        "assetCheckSelection": None
        if checks is None
        else [{"assetKey": {"path": list(path)}, "name": name} for path, name in checks],
    }
    params = {
        "selector": selector,
        "mode": "default",
        "runConfigData": config or {},
        "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in tags.items()]},
    }
    launched = graphql(stack.settings, LAUNCH, {"params": params})["launchPipelineExecution"]
    return Follower(webserver, launched["run"]["id"], Console(quiet=True)).follow(1)


@dataclass(frozen=True)
class Watched:
    """A sensor's GraphQL selector, and the time at which it was turned on."""

    selector: dict[str, str]
    since: float


@contextmanager
def sensor(stack: Stack, name: str) -> Generator[Watched]:
    """Turn a sensor on, and off again at the end."""
    job = asset_job(Webserver(stack.settings))
    selector = {
        "repositoryName": job.repository,
        "repositoryLocationName": job.location,
        "sensorName": name,
    }
    since = time.time()
    started = graphql(stack.settings, START, {"sensor": selector})["startSensor"]
    try:
        yield Watched(selector, since)
    finally:
        graphql(stack.settings, STOP, {"id": started["sensorState"]["id"]})


def ticks(stack: Stack, watched: Watched) -> list[dict[str, Any]]:
    """The sensor's ticks, the newest first."""
    variables = {"sensor": watched.selector, "since": watched.since}
    return graphql(stack.settings, TICKS, variables)["sensorOrError"]["sensorState"]["ticks"]


def runs_of(stack: Stack, watched: Watched, count: int) -> list[tuple[str, str, str]]:
    """First day, last day and status of the sensor's runs, once there are `count` and all have ended."""
    ranges: list[tuple[str, str, str]] = []

    def ended() -> None:
        ids = [run for tick in ticks(stack, watched) for run in tick["runIds"]]
        assert len(ids) >= count, ticks(stack, watched)
        runs = graphql(stack.settings, RUNS, {"ids": ids})["runsOrError"]["results"]
        assert all(run["status"] in ENDED for run in runs)
        tags = [{tag["key"]: tag["value"] for tag in run["tags"]} for run in runs]
        ranges[:] = [
            (tag[RANGE_START], tag[RANGE_END], run["status"]) for tag, run in zip(tags, runs, strict=True)
        ]

    eventually(ended, seconds=400)
    return sorted(ranges)


def run_schedule(stack: Stack, name: str, day: date, domains: Collection[str]) -> list[str]:
    """Run what a schedule asks for in the night after a day, of these domains; the statuses of the runs.

    Dagster evaluates the schedule at that time; its own clock is later than the simulated days.
    """
    webserver = Webserver(stack.settings)
    job = asset_job(webserver)
    night = datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=1)
    schedule = {
        "repositoryName": job.repository,
        "repositoryLocationName": job.location,
        "scheduleName": name,
    }
    answer = graphql(stack.settings, EVALUATE, {"schedule": schedule, "at": night.timestamp()})
    asked = answer["scheduleDryRun"]["evaluationResult"]["runRequests"]
    statuses = []
    for run in asked:
        if {asset["path"][1] for asset in run["assetSelection"]} <= set(domains):
            params = {
                "selector": {**job.selector(), "pipelineName": name, "assetSelection": run["assetSelection"]},
                "mode": "default",
                "executionMetadata": {"tags": run["tags"]},
            }
            launched = graphql(stack.settings, LAUNCH, {"params": params})["launchPipelineExecution"]
            statuses.append(Follower(webserver, launched["run"]["id"], Console(quiet=True)).follow(1).status)
    return statuses


def run_job(stack: Stack, name: str, ops: Sequence[str] | None = None) -> tuple[str, dict[str, str], Sizes]:
    """Run a job without days, or some of its ops; its status, errors by failed step, and sizes by asset."""
    webserver = Webserver(stack.settings)
    selector = {**asset_job(webserver).selector(), "pipelineName": name, "solidSelection": ops}
    answer = graphql(stack.settings, LAUNCH, {"params": {"selector": selector, "mode": "default"}})
    run = answer["launchPipelineExecution"]["run"]["id"]

    def ended() -> None:
        assert webserver.status(run) in ENDED

    eventually(ended, seconds=550)
    status, events, _ = webserver.events(run, None)
    failed = {
        event["stepKey"]: str(event["error"])
        for event in events
        if event["__typename"] == "ExecutionStepFailureEvent"
    }
    observations = [e for e in graphql(stack.settings, SIZES, {"run": run})["logsForRun"]["events"] if e]
    sizes = {
        "/".join(event["assetKey"]["path"]): {
            entry["label"]: int(entry["intRepr"]) for entry in event["metadataEntries"]
        }
        for event in observations
    }
    return status, failed, sizes


def newest_runs(stack: Stack, count: int) -> list[dict[str, Any]]:
    """The newest runs, at most `count`, the newest first."""
    return graphql(stack.settings, NEWEST, {"count": count})["runsOrError"]["results"]


def newest_run(stack: Stack) -> dict[str, Any]:
    """The newest run; if there is none, a run without id and steps."""
    return next(iter(newest_runs(stack, 1)), {"runId": None, "stepStats": []})


def wait_for_step(stack: Stack, before: str | None, step: str) -> str:
    """Wait until a run newer than the run `before` executes this step; returns its id."""

    def under_way() -> None:
        run = newest_run(stack)
        assert run["runId"] != before
        assert {"stepKey": step, "status": "IN_PROGRESS"} in run["stepStats"]

    eventually(under_way, seconds=300, every=0.2)
    return newest_run(stack)["runId"]
