"""The gold step: dbt builds and tests the run's days, a long run in several batches."""

import json
from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from shopflow_assets.errors import BadDaysError
from shopflow_assets.gold.batches import batches
from shopflow_assets.gold.built import Built
from shopflow_assets.gold.column_lineage import ColumnLineage
from shopflow_assets.gold.dbt_project import project, target_dir, whole_nodes
from shopflow_assets.gold.dbt_run import invoke, last_run, node_results, raise_on_failure
from shopflow_assets.gold.overtaken import overtaken_days
from shopflow_assets.partitions import run_days
from shopflow_assets.settings import settings
from shopflow_assets.silver_reader import newest_versions


def build_days(
    context: dg.AssetExecutionContext, translator: DagsterDbtTranslator, rows_at_once: int
) -> Iterator[Any]:
    """Build and test the selected models for the run's days; yield their materializations and check results.

    Raises:
        DbtError: names every model and test that failed and why; what depends on them was skipped. Batches
            are tried independently of each other.
        BadDaysError: names the days that are left to another run.
    """
    days = run_days(context)
    selection = get_updated_cli_invocation_params_for_context(
        context=context,
        manifest={},  # The definition of the assets holds it already, and that is the one taken.
        dagster_dbt_translator=translator,
    )
    lineage = ColumnLineage(selection.manifest, target_dir())
    built, outcomes = Built(context, lineage), {}
    whole = whole_nodes(selection.manifest)
    # Made once, with the last days, and not after a failed batch: a table they are made of may hold days that
    # another lacks.
    not_yet = ["--exclude", *(selection.manifest["nodes"][key]["name"] for key in sorted(whole))]
    # Of a part of gold, only tests that look at nothing downstream of it: that is not brought up to date.
    tests = ["--indirect-selection", selection.indirect_selection or "buildable"]
    # One state of silver for all statements: runs of other days, or of these again, replace days meanwhile.
    silver_versions = json.dumps(newest_versions(settings()))
    sources = [translator.get_asset_key(source) for source in selection.manifest["sources"].values()]
    overtaken = overtaken_days(context, sources, days)
    taken = [day for day in days if day not in overtaken]
    parts = list(batches(taken, rows_at_once))
    for batch in parts:
        takes_all = batch == parts[-1] and all(earlier.success for earlier in outcomes.values())
        results, outcome = invoke(
            ["build", *selection.selection_args, *tests, *([] if takes_all else not_yet)],
            SHOPFLOW_FROM=batch[0].isoformat(),
            SHOPFLOW_TO=batch[-1].isoformat(),
            SHOPFLOW_SILVER_VERSIONS=silver_versions,
        )
        by_node = {found.node.unique_id: found for found in node_results(outcome)}
        for result in results:
            unique_id = result["data"]["node_info"]["unique_id"]
            message = DbtCoreCliEventMessage(
                raw_event=result, event_history_metadata=lineage.hints(unique_id)
            )
            events = message.to_default_asset_events(
                manifest=selection.manifest,
                dagster_dbt_translator=translator,
                context=context,
                target_path=last_run(),
                project=project(),
            )
            built.add(unique_id, events, taken if unique_id in whole else batch, by_node.get(unique_id))
        about = f"{batch[0]}" if len(batch) == 1 else f"{batch[0]} to {batch[-1]}"
        outcomes[about] = outcome
        context.log.info(f"{about}: {'built' if outcome.success else 'failed'}")
        if outcome.exception:
            # dbt broke off, perhaps because the run is terminated.
            break
    yield from built.events(days)
    raise_on_failure(outcomes)
    if overtaken:
        raise BadDaysError("Gold", overtaken, days, "The others are in gold.")
