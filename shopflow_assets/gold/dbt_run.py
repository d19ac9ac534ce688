"""Runs dbt inside the Dagster step: builds days, or tests whole tables.

A dbt process of its own costs four to five seconds per step, most of it imports and parsing; in process, with
the manifest that `shopflow up` made, it costs half of one.
"""

import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from shopflow_assets.catalogue import lineage_metadata
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
    selection = get_updated_cli_invocation_params_for_context(
        context=context,
        manifest={},  # The definition of the assets holds it already, and that is the one taken.
        dagster_dbt_translator=translator,
    )
    results, outcome = _invoke(
        ["build", *selection.selection_args],
        SHOPFLOW_FROM=days[0].isoformat(),
        SHOPFLOW_TO=days[-1].isoformat(),
    )
    for result in results:
        unique_id = result["data"]["node_info"]["unique_id"]
        columns = _columns_around(selection.manifest, unique_id)
        message = DbtCoreCliEventMessage(raw_event=result, event_history_metadata=columns)
        events = message.to_default_asset_events(
            manifest=selection.manifest,
            dagster_dbt_translator=translator,
            context=context,
            target_path=_target(),
            project=project(),
        )
        merge = _merge(outcome, unique_id)
        yield from _per_day(context, days, (_shown(event, merge) for event in events))
    _raise_on_failure(outcome)


def check_whole_tables() -> list[dict[str, Any]]:
    """Run every data test of the project over all rows of the tables it is about.

    Returns:
        One record per test: its name, status, number of failing rows and seconds.

    Raises:
        DbtError: names every test that failed and why. Warnings fail nothing.
    """
    _, outcome = _invoke(["test"], SHOPFLOW_TEST_SCOPE="full")
    _raise_on_failure(outcome)
    return [
        {
            "test": found.node.name,
            "status": str(found.status),
            "failing_rows": found.failures or 0,
            "seconds": round(found.execution_time, 2),
        }
        for found in getattr(outcome.result, "results", [])
    ]


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


def _merge(outcome: "dbtRunnerResult", unique_id: str) -> dict[str, Any]:
    """What Trino said of the statement that wrote the node's table; nothing where none was written.

    `rows_merged` counts the rows written or deleted; by `trino_query_id` the Iceberg snapshot that the
    statement made is found again.
    """
    for found in getattr(outcome.result, "results", []):
        if found.node.unique_id == unique_id:
            rows = found.adapter_response.get("rows_affected", -1)
            query = found.adapter_response.get("query_id")
            return {"rows_merged": rows, "trino_query_id": query} if rows >= 0 else {}
    return {}


def _columns_around(manifest: Mapping[str, Any], unique_id: str) -> dict[str, Any]:
    """The contracts' columns of a model and of what it reads: with them dagster-dbt finds column lineage.

    By itself it would ask the database for them, which costs 0.7 s a model.
    """
    node = manifest["nodes"][unique_id]
    if node["resource_type"] != "model":
        return {}
    read = [manifest["sources"].get(key) or manifest["nodes"][key] for key in node["depends_on"]["nodes"]]
    return {
        "columns": node["columns"],
        "parents": {parent["relation_name"]: {"columns": parent["columns"]} for parent in read},
    }


def _shown(event: Any, merge: Mapping[str, Any]) -> Any:
    """Add to a model's event what people look for: how many rows it merged, where its columns come from."""
    if not isinstance(event, dg.Output):
        return event
    metadata: dict[str, Any] = {**event.metadata, **merge}
    lineage = metadata.get("dagster/column_lineage")
    if isinstance(lineage, dg.TableColumnLineageMetadataValue):
        metadata |= lineage_metadata(lineage.column_lineage.deps_by_column)
    return dg.Output(None, output_name=event.output_name, metadata=metadata)


def _target() -> Path:
    """A folder of its own, so that the manifest of `shopflow up` stays as it is; one dbt runs at a time."""
    return target_dir().with_name("last_run")


def _invoke(arguments: list[str], **environment: str) -> tuple[list[dict[str, Any]], "dbtRunnerResult"]:
    """Call dbt and wait for it; returns what it reported of models and tests, in order, and how it ended.

    In the main thread: so a run that is terminated interrupts dbt, which then cancels its queries in Trino.
    The environment is what macros read while they execute; passed as --vars it would force a full parse of
    the project.
    """
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest
    from google.protobuf.json_format import MessageToDict

    results: list[dict[str, Any]] = []

    def note(message: Any) -> None:
        if message.info.name in RESULTS:
            results.append(MessageToDict(message, preserving_proto_field_name=True))

    folders = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    output = ["--target-path", str(_target()), "--log-path", str(_target())]
    levels = ["--log-level", "none", "--log-level-file", "info"]
    parsed = Manifest.from_msgpack((target_dir() / "partial_parse.msgpack").read_bytes())
    # Unit tests are about the code, not about the data.
    command = [*arguments, "--exclude-resource-type", "unit_test", *folders, *output, *levels]
    with _exported(environment):
        outcome = dbtRunner(manifest=parsed, callbacks=[note]).invoke(command)
    return results, outcome


@contextmanager
def _exported(environment: dict[str, str]) -> Generator[None]:
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _raise_on_failure(outcome: "dbtRunnerResult") -> None:
    if outcome.success:
        return
    if outcome.exception:
        raise DbtError(f"dbt did not run: {outcome.exception}") from outcome.exception
    failed = [
        f"{found.node.name}: {found.message}"
        for found in getattr(outcome.result, "results", [])
        if found.status in ("error", "fail")
    ]
    raise DbtError(f"dbt: {len(failed)} failed\n" + "\n".join(failed))
