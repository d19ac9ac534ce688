"""Check results per day, also in a run over a range.

For a range of days, Dagster's `AssetCheckResult` records one row without a partition, so one evaluation per
day is logged here.
"""

from collections.abc import Iterator, Mapping
from datetime import date

import dagster as dg
from dagster import AssetCheckEvaluation

from shopflow_assets.dagster_internals import AssetCheckEvaluationTargetMaterializationData
from shopflow_assets.days.materializations import Materialization
from shopflow_assets.days.partitions import DAILY
from shopflow_assets.verdict import Verdict


def daily_specs(
    asset: dg.AssetKey, descriptions: Mapping[str, str], *, blocking: bool
) -> list[dg.AssetCheckSpec]:
    """Specs of checks that report per day, from their descriptions by name."""
    return [
        dg.AssetCheckSpec(name, asset=asset, description=text, blocking=blocking, partitions_def=DAILY)
        for name, text in descriptions.items()
    ]


def log_verdicts(
    context: dg.AssetCheckExecutionContext | dg.AssetExecutionContext,
    key: dg.AssetCheckKey,
    verdicts: Mapping[date, Verdict],
    targets: Mapping[str, Materialization],
) -> Iterator[AssetCheckEvaluation | dg.Output[None]]:
    """Yield the check's results, one per day, and the output that Dagster expects of the check.

    `targets` are the materializations that were judged; the UI shows a day without one as not checked. No
    result blocks the run: `days.gate` decides what a failure holds back, day by day.
    """
    for day, verdict in verdicts.items():
        yield AssetCheckEvaluation(
            asset_key=key.asset_key,
            check_name=key.name,
            passed=verdict.passed,
            description=verdict.description,
            metadata=verdict.metadata,
            severity=dg.AssetCheckSeverity.WARN if verdict.is_warning else dg.AssetCheckSeverity.ERROR,
            blocking=False,
            partition=day.isoformat(),
            target_materialization_data=_target(targets.get(day.isoformat())),
        )
    yield dg.Output(None, output_name=_output_name(context, key))


def _target(newest: Materialization | None) -> AssetCheckEvaluationTargetMaterializationData | None:
    if newest is None:
        return None
    return AssetCheckEvaluationTargetMaterializationData(
        storage_id=newest.storage_id, run_id=newest.run_id, timestamp=newest.timestamp
    )


def _output_name(
    context: dg.AssetCheckExecutionContext | dg.AssetExecutionContext, key: dg.AssetCheckKey
) -> str:
    definition = context.op_execution_context.assets_def
    return next(n for n, spec in definition.node_check_specs_by_output_name.items() if spec.key == key)
