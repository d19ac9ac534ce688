"""Check results per day, also in a run over a range.

Dagster's `AssetCheckResult` records one row without a partition for a whole range, so evaluations are logged
here one per day. The class that points at the checked materialization is private to Dagster: it is used in
this module only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import dagster as dg
from dagster import AssetCheckEvaluation
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)

from shopflow_assets.partitions import DAILY


@dataclass(frozen=True)
class Verdict:
    """What a check says of one day; `is_warning` marks a failure that blocks nothing."""

    passed: bool
    description: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    is_warning: bool = False


def daily_specs(
    asset: dg.AssetKey, descriptions: Mapping[str, str], *, blocking: bool
) -> list[dg.AssetCheckSpec]:
    """Specs of checks that report per day, from their descriptions by name."""
    return [
        dg.AssetCheckSpec(name, asset=asset, description=text, blocking=blocking, partitions_def=DAILY)
        for name, text in descriptions.items()
    ]


def log_judged(
    context: dg.AssetCheckExecutionContext, judged: Mapping[date, Mapping[str, Verdict]]
) -> Iterator[AssetCheckEvaluation | dg.Output[None]]:
    """Log the verdicts by day and check's name, of those checks that the run selects."""
    for key in sorted(context.op_execution_context.selected_asset_check_keys):
        blocking = context.op_execution_context.assets_def.get_spec_for_check_key(key).blocking
        by_day = {day: verdicts[key.name] for day, verdicts in judged.items()}
        yield from log_verdicts(context, key, by_day, blocking=blocking)


def log_verdicts(
    context: dg.AssetCheckExecutionContext | dg.AssetExecutionContext,
    key: dg.AssetCheckKey,
    verdicts: Mapping[date, Verdict],
    *,
    blocking: bool,
) -> Iterator[AssetCheckEvaluation | dg.Output[None]]:
    """Yield the check's results, one per day, and the output that Dagster expects of the check.

    After the step has yielded all of them it fails if one of them failed, blocks and is no warning.
    """
    # Without its target the UI shows a day as not checked.
    targets = newest_materializations(context.instance, key.asset_key, [day.isoformat() for day in verdicts])
    for day, verdict in verdicts.items():
        yield AssetCheckEvaluation(
            asset_key=key.asset_key,
            check_name=key.name,
            passed=verdict.passed,
            description=verdict.description,
            metadata=verdict.metadata,
            severity=dg.AssetCheckSeverity.WARN if verdict.is_warning else dg.AssetCheckSeverity.ERROR,
            blocking=blocking,
            partition=day.isoformat(),
            target_materialization_data=targets.get(day.isoformat()),
        )
    yield dg.Output(None, output_name=_output_name(context, key))


def newest_materializations(
    instance: dg.DagsterInstance, asset: dg.AssetKey, days: list[str]
) -> dict[str, AssetCheckEvaluationTargetMaterializationData]:
    """The newest materialization of each day that has one."""
    found: dict[str, AssetCheckEvaluationTargetMaterializationData] = {}
    while missing := sorted(set(days) - set(found)):
        wanted = dg.AssetRecordsFilter(asset_key=asset, asset_partitions=missing)
        records = instance.fetch_materializations(wanted, limit=len(missing)).records
        if not records:
            break
        for record in records:
            target = AssetCheckEvaluationTargetMaterializationData(
                storage_id=record.storage_id,
                run_id=record.event_log_entry.run_id,
                timestamp=record.timestamp,
            )
            found.setdefault(str(record.partition_key), target)
    return found


def _output_name(
    context: dg.AssetCheckExecutionContext | dg.AssetExecutionContext, key: dg.AssetCheckKey
) -> str:
    definition = context.op_execution_context.assets_def
    return next(n for n, spec in definition.node_check_specs_by_output_name.items() if spec.key == key)
