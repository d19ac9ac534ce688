"""Runs dbt inside the Dagster step.

A dbt process of its own costs four to five seconds per step, most of it imports and parsing; in process, with
the manifest that `shopflow up` made, it costs half of one.
"""

import json
import os
import queue
import threading
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from shopflow_assets.checks.per_day import Verdict, log_verdicts
from shopflow_assets.errors import DbtError
from shopflow_assets.gold.dbt_project import PROJECT_DIR, project, target_dir
from shopflow_assets.partitions import run_days

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult

RESULTS = {"LogModelResult", "LogTestResult"}


def build_days(context: dg.AssetExecutionContext, translator: DagsterDbtTranslator) -> Iterator[Any]:
    """Build and test the selected models for the run's days; yield their materializations and check results.

    Raises:
        DbtError: names every model and test that failed and why; what depends on them was skipped.
    """
    days = run_days(context)
    # Macros read the days while they execute; passed as --vars they would force a full parse of the project.
    os.environ["SHOPFLOW_FROM"], os.environ["SHOPFLOW_TO"] = days[0].isoformat(), days[-1].isoformat()
    selection = get_updated_cli_invocation_params_for_context(
        context=context, manifest=_read_manifest(), dagster_dbt_translator=translator
    )
    invocation = _Invocation(["build", "--exclude-resource-type", "unit_test", *selection.selection_args])
    for event in invocation.events():
        message = DbtCoreCliEventMessage(raw_event=event, event_history_metadata={})
        yield from _per_day(
            context,
            days,
            message.to_default_asset_events(
                manifest=selection.manifest,
                dagster_dbt_translator=translator,
                context=context,
                target_path=invocation.target,
                project=project(),
            ),
        )
    invocation.raise_on_failure()


def _per_day(context: dg.AssetExecutionContext, days: list[date], events: Iterator[Any]) -> Iterator[Any]:
    """Give each day the verdict on a test: dbt judges the run's days as a whole."""
    for event in events:
        if not isinstance(event, dg.AssetCheckResult):
            yield event
            continue
        key = dg.AssetCheckKey(dg.AssetKey.from_coercible(event.asset_key or []), str(event.check_name))
        is_warning = event.severity == dg.AssetCheckSeverity.WARN
        verdict = Verdict(event.passed, event.description or "", event.metadata, is_warning)
        # Not blocking here: dbt itself skips what depends on a failed test, and the step fails at its end.
        yield from log_verdicts(context, key, dict.fromkeys(days, verdict), blocking=False)


def _read_manifest() -> dict[str, Any]:
    return json.loads((target_dir() / "manifest.json").read_text())


class _Invocation:
    """One call of dbt in a thread of its own, its results handed over as they come."""

    def __init__(self, arguments: list[str]) -> None:
        # A folder of its own, so that `shopflow up`'s manifest stays as it is; one dbt runs at a time.
        self.target = target_dir().with_name("last_run")
        self._arguments = [
            *arguments,
            *("--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)),
            *("--target-path", str(self.target), "--log-path", str(self.target)),
            *("--log-level", "none", "--log-level-file", "info"),
        ]
        self._result: dbtRunnerResult | None = None

    def events(self) -> Iterator[dict[str, Any]]:
        """Results of models and tests, in the order in which dbt reports them."""
        from dbt.cli.main import dbtRunner
        from dbt.contracts.graph.manifest import Manifest
        from google.protobuf.json_format import MessageToDict

        results: queue.Queue[dict[str, Any] | None] = queue.Queue()

        def hand_over(message: Any) -> None:
            if message.info.name in RESULTS:
                results.put(MessageToDict(message, preserving_proto_field_name=True))

        def run() -> None:
            try:
                parsed = Manifest.from_msgpack((target_dir() / "partial_parse.msgpack").read_bytes())
                self._result = dbtRunner(manifest=parsed, callbacks=[hand_over]).invoke(self._arguments)
            finally:
                results.put(None)

        thread = threading.Thread(target=run, name="dbt")
        thread.start()
        while (event := results.get()) is not None:
            yield event
        thread.join()

    def raise_on_failure(self) -> None:
        """Say which nodes failed and why."""
        result = self._result
        if result is not None and result.success:
            return
        if result is None or result.exception:
            raise DbtError(f"dbt did not run: {result.exception if result else 'see the step log'}")
        failed = [
            f"{found.node.name}: {found.message}"
            for found in getattr(result.result, "results", [])
            if found.status in ("error", "fail")
        ]
        raise DbtError(f"dbt: {len(failed)} failed\n" + "\n".join(failed))
