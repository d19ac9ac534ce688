"""The gold step: what dbt did for the run's days, told to Dagster per day."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from shopflow_assets.catalogue import lineage_metadata
from shopflow_assets.checks.per_day import Verdict, log_verdicts
from shopflow_assets.gold.column_lineage import ColumnLineage
from shopflow_assets.gold.dbt_project import project, target_dir
from shopflow_assets.gold.dbt_run import invoke, last_run, raise_on_failure
from shopflow_assets.partitions import run_days

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult


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
    results, outcome = invoke(
        ["build", *selection.selection_args],
        SHOPFLOW_FROM=days[0].isoformat(),
        SHOPFLOW_TO=days[-1].isoformat(),
    )
    lineage = ColumnLineage(selection.manifest, target_dir())
    for result in results:
        unique_id = result["data"]["node_info"]["unique_id"]
        message = DbtCoreCliEventMessage(raw_event=result, event_history_metadata=lineage.hints(unique_id))
        events = message.to_default_asset_events(
            manifest=selection.manifest,
            dagster_dbt_translator=translator,
            context=context,
            target_path=last_run(),
            project=project(),
        )
        merge = _merge(outcome, unique_id)
        yield from _per_day(context, days, (_shown(event, unique_id, lineage, merge) for event in events))
    raise_on_failure(outcome)


def _per_day(context: dg.AssetExecutionContext, days: list[date], events: Iterator[Any]) -> Iterator[Any]:
    """Give each day the verdict on a test: dbt judges the run's days as a whole."""
    for event in events:
        if not isinstance(event, dg.AssetCheckResult):
            yield event
            continue
        key = dg.AssetCheckKey(dg.AssetKey.from_coercible(event.asset_key or []), str(event.check_name))
        is_warning = event.severity == dg.AssetCheckSeverity.WARN
        verdict = Verdict(event.passed, _says(event), event.metadata, is_warning)
        # Not blocking here: dbt itself skips what depends on a failed test, and the step fails at its end.
        yield from log_verdicts(context, key, dict.fromkeys(days, verdict), blocking=False)


def _says(test: dg.AssetCheckResult) -> str:
    """What a failed test found; dagster-dbt keeps it as a number only."""
    found = test.metadata.get("dagster_dbt/failed_row_count")
    return "" if test.passed or found is None else f"rows that break the rule: {found.value}"


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


def _shown(event: Any, unique_id: str, lineage: ColumnLineage, merge: Mapping[str, Any]) -> Any:
    """Add to a model's event what people look for: how many rows it merged, where its columns come from."""
    if not isinstance(event, dg.Output):
        return event
    metadata: dict[str, Any] = {**event.metadata, **merge}
    found = metadata.get("dagster/column_lineage")
    if isinstance(found, dg.TableColumnLineageMetadataValue):
        lineage.keep(unique_id, found.column_lineage)
    if known := lineage.of(unique_id):
        metadata |= lineage_metadata(known.deps_by_column)
    return dg.Output(None, output_name=event.output_name, metadata=metadata)
