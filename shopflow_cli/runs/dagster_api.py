"""Speaks with Dagster's webserver over GraphQL: the same definitions, runs and events that the UI shows.

Holds what is needed to start a run over a range of days, to follow it and to look back at it. Launching,
status and termination use Dagster's Python client; `dagster_queries` has what the client does not offer.
Knows no asset by name.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from local_stack.errors import DagsterApiError, DagsterTroubleError
from local_stack.settings import Settings
from shopflow_cli.runs.dagster_queries import ASSETS, DAYS, EVENTS, MATERIALIZATIONS, OPS, RUNS
from shopflow_cli.runs.dagster_requests import Answer, ask, call

if TYPE_CHECKING:
    from dagster_graphql import DagsterGraphQLClient

ENDED = ("SUCCESS", "FAILURE", "CANCELED")
UNDER_WAY = ("QUEUED", "NOT_STARTED", "STARTING", "STARTED", "CANCELING")


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
    """The webserver of a stack.

    Requests are repeated for `patience_seconds` while Dagster has trouble that may pass, except launching: a
    run may have been launched though the answer was lost. `tell` gets a message when that begins and ends.
    """

    settings: Settings
    tell: Callable[[str], None] = lambda _message: None
    patience_seconds: float = 60

    @classmethod
    def shown_at(cls, console: Console, settings: Settings) -> "Webserver":
        """The webserver of a stack whose trouble is shown at the terminal."""
        return cls(settings, lambda said: console.print(said, markup=False, highlight=False, soft_wrap=True))

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
        return call(
            self.settings,
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

    def page(self, run: str) -> str:
        """Return the address of a run's page in Dagster."""
        return f"{self.settings.dagster_url}/runs/{run}"

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
        return self._runs(ENDED)

    def runs_under_way(self) -> Iterator[dict[str, Any]]:
        """Yield the runs that have not ended, in the same form."""
        return self._runs(UNDER_WAY)

    def _runs(self, statuses: Sequence[str]) -> Iterator[dict[str, Any]]:
        after = None
        while runs := self._ask(RUNS, statuses=statuses, after=after)["runsOrError"].get("results", []):
            yield from runs
            after = runs[-1]["runId"]

    def materializations(self, run: str) -> list[tuple[tuple[str, ...], dict[str, str]]]:
        """Return a run's materializations in order: asset key, and its metadata's texts and integers."""
        records = self._ask(MATERIALIZATIONS, run=run)["runOrError"].get("assetMaterializations", [])
        return [(tuple(r["assetKey"]["path"]), _values(r["metadataEntries"])) for r in records]

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
        return self._patiently(lambda: call(self.settings, failed, use))

    def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        return self._patiently(lambda: ask(self.settings, query, variables))

    def _patiently(self, send: Callable[[], Answer]) -> Answer:
        def tell_once(state: RetryCallState) -> None:
            if state.attempt_number == 1 and state.outcome:
                waiting = f"Asking it again for up to {self.patience_seconds:.0f} seconds …"
                self.tell(f"{state.outcome.exception()} {waiting}")

        retrying = Retrying(
            retry=retry_if_exception_type(DagsterTroubleError),
            stop=stop_after_delay(self.patience_seconds),
            wait=wait_fixed(1),
            before_sleep=tell_once,
            reraise=True,
        )
        answer = retrying(send)
        if retrying.statistics["attempt_number"] > 1:
            self.tell("Dagster answers again.")
        return answer


def _values(entries: list[dict[str, Any]]) -> dict[str, str]:
    return {e["label"]: value for e in entries if (value := e.get("text") or e.get("intRepr")) is not None}


def _settings_of(op: dict[str, Any]) -> set[str]:
    config_type = (op["definition"].get("configField") or {}).get("configType") or {}
    return {field["name"] for field in config_type.get("fields", [])}
