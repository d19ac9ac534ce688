"""Speaks GraphQL with Dagster's webserver: the same definitions, runs and events that the UI shows.

Only what starting a range run, following it and looking back at it need. Knows no asset by name.
"""

import urllib.error
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from local_stack.errors import DagsterApiError, DagsterUnreachableError
from local_stack.services.health import graphql
from local_stack.settings import Settings
from shopflow_cli.runs.dagster_queries import (
    ASSETS,
    DAYS,
    EVENTS,
    LAUNCH,
    MATERIALIZATIONS,
    OPS,
    RUNS,
    TERMINATE,
)

ENDED = ("SUCCESS", "FAILURE", "CANCELED")


@dataclass(frozen=True)
class AssetJob:
    """The assets of one code location that share a partitions definition, and the job that runs them."""

    repository: str
    location: str
    job: str
    assets: tuple[tuple[str, ...], ...]

    def selector(self) -> dict[str, Any]:
        """Name the job as GraphQL wants it."""
        return {
            "pipelineName": self.job,
            "repositoryName": self.repository,
            "repositoryLocationName": self.location,
        }


@dataclass(frozen=True)
class Webserver:
    """The webserver of a stack."""

    settings: Settings

    def assets(self) -> list[dict[str, Any]]:
        """Return every asset node: key, whether it is partitioned, its jobs and its code location."""
        return self._ask(ASSETS)["assetNodes"]

    def days(self, asset: Sequence[str]) -> list[str]:
        """Return the partition keys of an asset, the oldest first."""
        return self._ask(DAYS, key={"path": list(asset)})["assetNodeOrError"].get("partitionKeys", [])

    def ops_with_setting(self, job: AssetJob, setting: str) -> list[str]:
        """Return the ops of a job whose configuration has a field of this name."""
        found = self._ask(OPS, selector=job.selector())["pipelineOrError"]
        ops = [handle["solid"] for handle in found.get("solidHandles", [])]
        return sorted(op["name"] for op in ops if setting in _settings_of(op))

    def launch(self, job: AssetJob, tags: dict[str, str], config: dict[str, Any]) -> str:
        """Start one run over the assets and all their checks; returns its id."""
        params = {
            "selector": {**job.selector(), "assetSelection": [{"path": list(p)} for p in job.assets]},
            "mode": "default",
            "runConfigData": config,
            "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in tags.items()]},
        }
        # Not repeated on a lost connection: the run may have been launched.
        answer = self._post(LAUNCH, {"params": params})["launchPipelineExecution"]
        if answer["__typename"] != "LaunchRunSuccess":
            why = answer.get("message") or "; ".join(e["message"] for e in answer.get("errors", []))
            raise DagsterApiError(f"Dagster did not start the run: {why or answer['__typename']}")
        return answer["run"]["id"]

    def events(self, run: str, after: str | None) -> tuple[str, list[dict[str, Any]], str | None]:
        """Return the run's status, its events after a cursor, and the next cursor."""
        answer = self._ask(EVENTS, run=run, after=after)
        log, status = answer["logsForRun"], answer["runOrError"].get("status")
        if status is None or log["__typename"] != "EventConnection":
            raise DagsterApiError(f"Dagster does not know run {run} any more")
        return status, log["events"], log["cursor"] if log["events"] else after

    def finished_runs(self) -> Iterator[dict[str, Any]]:
        """Yield the runs that have ended, the newest first: runId, status, endTime, tags."""
        after = None
        while found := self._ask(RUNS, statuses=ENDED, after=after)["runsOrError"].get("results", []):
            yield from found
            after = found[-1]["runId"]

    def materializations(self, run: str) -> list[tuple[tuple[str, ...], dict[str, str]]]:
        """Return what a run made, in order: asset key, and the texts and integers of its metadata."""
        found = self._ask(MATERIALIZATIONS, run=run)["runOrError"].get("assetMaterializations", [])
        return [(tuple(made["assetKey"]["path"]), _values(made["metadataEntries"])) for made in found]

    def terminate(self, run: str) -> bool:
        """Ask Dagster to stop a run; it cannot while the run is just being launched."""
        return self._ask(TERMINATE, run=run)["terminateRun"]["__typename"] == "TerminateRunSuccess"

    @retry(
        retry=retry_if_exception_type(DagsterUnreachableError),
        stop=stop_after_delay(60),
        wait=wait_fixed(1),
        reraise=True,
    )
    def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Ask, and keep asking for a minute: a killed webserver comes back by itself."""
        return self._post(query, variables)

    def _post(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        try:
            return graphql(self.settings, query, variables)
        except urllib.error.HTTPError as error:
            raise DagsterApiError(f"Dagster refused a request: {error.read().decode()[:500]}") from error
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            raise DagsterUnreachableError(f"Dagster does not answer, is the stack up? {error}") from error


def _values(entries: list[dict[str, Any]]) -> dict[str, str]:
    return {e["label"]: value for e in entries if (value := e.get("text") or e.get("intRepr")) is not None}


def _settings_of(op: dict[str, Any]) -> set[str]:
    kind = (op["definition"].get("configField") or {}).get("configType") or {}
    return {field["name"] for field in kind.get("fields", [])}
