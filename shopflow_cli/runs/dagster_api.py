"""Speaks with Dagster's webserver over GraphQL: the same definitions, runs and events that the UI shows.

Holds what is needed to start a run over a range of days, to follow it and to look back at it. Launching,
status and termination use Dagster's Python client; `dagster_queries` has what the client does not offer.
Knows no asset by name.
"""

import json
import urllib.error
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from local_stack.errors import DagsterApiError, DagsterUnreachableError
from local_stack.services.health import graphql
from local_stack.settings import HOST, Settings
from shopflow_cli.runs.dagster_queries import ASSETS, DAYS, EVENTS, MATERIALIZATIONS, OPS, RUNS

if TYPE_CHECKING:
    from dagster_graphql import DagsterGraphQLClient

ENDED = ("SUCCESS", "FAILURE", "CANCELED")
_SECONDS = 60
Answer = TypeVar("Answer")

# A webserver that was killed comes back by itself. Not for launching: a run may have been launched though the
# answer was lost.
_retried = retry(
    retry=retry_if_exception_type(DagsterUnreachableError),
    stop=stop_after_delay(60),
    wait=wait_fixed(1),
    reraise=True,
)


@dataclass(frozen=True)
class AssetJob:
    """The assets of one code location that share a partitions definition, and the job that runs them."""

    repository: str
    location: str
    job: str
    assets: tuple[tuple[str, ...], ...]

    def selector(self) -> dict[str, Any]:
        """Return the job as GraphQL names it."""
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
        pipeline = self._ask(OPS, selector=job.selector())["pipelineOrError"]
        ops = [handle["solid"] for handle in pipeline.get("solidHandles", [])]
        return sorted(op["name"] for op in ops if setting in _settings_of(op))

    def launch(self, job: AssetJob, tags: dict[str, str], config: dict[str, Any]) -> str:
        """Start one run over the assets and all their checks; returns its id."""
        return self._call(
            "Dagster did not start the run",
            lambda client: client.submit_job_execution(
                job.job,
                repository_location_name=job.location,
                repository_name=job.repository,
                run_config=config,
                tags=tags,
                asset_selection=job.assets,
            ),
        )

    @_retried
    def status(self, run: str) -> str:
        """Return the status of a run, one of Dagster's names for them."""
        return self._call(
            f"Dagster did not tell the status of run {run}", lambda client: client.get_run_status(run)
        ).value

    def events(self, run: str, after: str | None) -> tuple[str, list[dict[str, Any]], str | None]:
        """Return the run's status, its events after a cursor, and the next cursor."""
        answer = self._ask(EVENTS, run=run, after=after)
        log, status = answer["logsForRun"], answer["runOrError"].get("status")
        if status is None or log["__typename"] != "EventConnection":
            raise DagsterApiError(f"Dagster no longer knows run {run}.")
        return status, log["events"], log["cursor"] if log["events"] else after

    def finished_runs(self) -> Iterator[dict[str, Any]]:
        """Yield the runs that have ended, the newest first: runId, status, endTime, tags."""
        after = None
        while runs := self._ask(RUNS, statuses=ENDED, after=after)["runsOrError"].get("results", []):
            yield from runs
            after = runs[-1]["runId"]

    def materializations(self, run: str) -> list[tuple[tuple[str, ...], dict[str, str]]]:
        """Return a run's materializations in order: asset key, and its metadata's texts and integers."""
        records = self._ask(MATERIALIZATIONS, run=run)["runOrError"].get("assetMaterializations", [])
        return [(tuple(r["assetKey"]["path"]), _values(r["metadataEntries"])) for r in records]

    @_retried
    def terminate(self, run: str) -> bool:
        """Ask Dagster to stop a run. It refuses while it is launching the run; then return False."""
        from dagster_graphql import DagsterGraphQLClientError

        def stop(client: "DagsterGraphQLClient") -> bool:
            try:
                client.terminate_run(run)
            except DagsterGraphQLClientError as error:
                if error.args[0] != "TerminateRunFailure":
                    raise
                return False
            return True

        return self._call("Dagster did not stop the run", stop)

    def _call(self, failed: str, use: Callable[["DagsterGraphQLClient"], Answer]) -> Answer:
        """Use Dagster's client; `failed` begins the message when it refuses."""
        # Imported here: it takes seconds, with all of Dagster, and most commands need no client.
        from dagster_graphql import DagsterGraphQLClient, DagsterGraphQLClientError

        client = DagsterGraphQLClient(HOST, self.settings.dagster_port, timeout=_SECONDS)
        try:
            return use(client)
        except DagsterGraphQLClientError as error:
            if _is_connection_lost(error):
                raise DagsterUnreachableError(_unreachable(error.__cause__)) from error
            raise DagsterApiError(f"{failed}: {_reason(error)}") from error
        except KeyError as error:
            # The client looks for a message in every answer, also in those that it asked for none.
            raise DagsterApiError(f"{failed}; see `shopflow logs dagster-webserver`.") from error

    @_retried
    def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        try:
            return graphql(self.settings, query, variables)
        except urllib.error.HTTPError as error:
            said = error.read().decode()
            if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                # The webserver answers so while PostgreSQL is away.
                raise DagsterUnreachableError(_unreachable(_message(said))) from error
            raise DagsterApiError(f"Dagster refused a request: {said[:500]}") from error
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            raise DagsterUnreachableError(_unreachable(error)) from error


def _unreachable(error: object) -> str:
    return f"Dagster does not answer. Is the stack up? See `shopflow status`. ({error})"


def _message(body: str) -> str:
    """Return the first line of the error in a GraphQL answer, or the beginning of another one."""
    try:
        return json.loads(body)["errors"][0]["message"].partition("\n")[0]
    except (ValueError, LookupError):
        return body[:200]


def _is_connection_lost(error: BaseException) -> bool:
    """Whether no answer came, as opposed to an answer that refuses."""
    from requests.exceptions import ConnectionError as NotConnected
    from requests.exceptions import Timeout

    cause = error.__cause__
    return cause is not None and (isinstance(cause, (NotConnected, Timeout)) or _is_connection_lost(cause))


def _reason(error: Exception) -> str:
    """Return what Dagster said: the client raises from the error it got, or puts the message last."""
    if error.__cause__ is not None:
        return str(error.__cause__)[:500]
    said = error.args[-1] if error.args else type(error).__name__
    return "; ".join(e["message"] for e in said) if isinstance(said, list) else str(said)


def _values(entries: list[dict[str, Any]]) -> dict[str, str]:
    return {e["label"]: value for e in entries if (value := e.get("text") or e.get("intRepr")) is not None}


def _settings_of(op: dict[str, Any]) -> set[str]:
    config_type = (op["definition"].get("configField") or {}).get("configType") or {}
    return {field["name"] for field in config_type.get("fields", [])}
