"""Records for Dagster, per day, what a step did with each asset and check.

Dagster knows one outcome per step and asset for a whole range of days. Here each day has its own outcome:
made, failed, or not tried. A failed day does not stop the other days or the steps below, which ask the gate.
The last step of the run fails and names every bad day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg

from shopflow_assets.dagster_internals import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION
from shopflow_assets.days.gate import held_back
from shopflow_assets.days.materializations import Materialization, newest_materializations
from shopflow_assets.days.partitions import planned_days, run_days
from shopflow_assets.days.per_day import log_verdicts
from shopflow_assets.days.planned_events import withdraw_plans
from shopflow_assets.errors import BadDaysError
from shopflow_assets.verdict import Verdict

Context = dg.AssetExecutionContext | dg.AssetCheckExecutionContext
_NO_MATERIALIZATION = {SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True}


class DayReport:
    """Collects the outcome of each day of a step; `events` records it."""

    def __init__(self, context: Context) -> None:
        """Start an empty report for a step."""
        self._context, self._op = context, context.op_execution_context
        self._materialized: dict[dg.AssetKey, dict[date, Mapping[str, Any]]] = defaultdict(dict)
        self._verdicts: dict[dg.AssetCheckKey, dict[date, Verdict]] = defaultdict(dict)
        self._failed: dict[dg.AssetKey, set[date]] = defaultdict(set)
        # Assets of other steps are looked up now: another run may rewrite them while the checks run.
        judged = {check.asset_key for check in self._op.selected_asset_check_keys}
        self._targets = {asset: self._newest(asset) for asset in judged - self._op.selected_asset_keys}
        self.problems: dict[date, str] = {}

    def made(self, asset: dg.AssetKey, day: date, metadata: Mapping[str, Any]) -> None:
        """Note that the asset was made for the day."""
        self._materialized[asset][day] = metadata

    def failed(self, asset: dg.AssetKey, day: date, why: str = "") -> None:
        """Note that making the asset failed; Dagster shows the day as failed when the run fails."""
        self._failed[asset].add(day)
        if why:
            problem = f"{asset.to_user_string()}: {why}"
            self.problems[day] = "; ".join(filter(None, (self.problems.get(day), problem)))

    def judged(self, check: dg.AssetCheckKey, day: date, verdict: Verdict) -> None:
        """Note the verdict of a check on the day, if the run selects the check."""
        if check in self._op.selected_asset_check_keys:
            self._verdicts[check][day] = verdict

    def events(self) -> Iterator[Any]:
        """Record all outcomes, and withdraw what was planned for days that were not tried."""
        days = set(planned_days(self._context))
        for asset in self._selected_upstream_first():
            for day, metadata in sorted(self._materialized[asset].items()):
                self._op.log_event(
                    dg.AssetMaterialization(asset, metadata=metadata, partition=day.isoformat())
                )
            self._withdraw(asset, days - self._materialized[asset].keys() - self._failed[asset])
            output = self._op.assets_def.get_output_name_for_asset_key(asset)
            yield dg.Output(None, output_name=output, metadata=_NO_MATERIALIZATION)
        for check in sorted(self._op.selected_asset_check_keys):
            self._withdraw(check, days - self._verdicts[check].keys())
            asset = check.asset_key
            targets = self._targets[asset] if asset in self._targets else self._newest(asset)
            yield from log_verdicts(self._context, check, self._verdicts[check], targets)

    def _selected_upstream_first(self) -> Iterator[dg.AssetKey]:
        """The step's assets in the order that Dagster requires for their outputs."""
        selected, definition = self._op.selected_asset_keys, self._op.assets_def
        deps = {key: {dep.asset_key for dep in definition.get_asset_spec(key).deps} for key in selected}
        return (key for key in TopologicalSorter(deps).static_order() if key in selected)

    def _newest(self, asset: dg.AssetKey) -> Mapping[str, Materialization]:
        days = (day.isoformat() for day in run_days(self._context))
        return newest_materializations(self._op.instance, asset, days)

    def _withdraw(self, key: dg.AssetKey | dg.AssetCheckKey, days: set[date]) -> None:
        withdraw_plans(self._op.instance, self._op.run_id, key, [day.isoformat() for day in days])


def fail_for_bad_days(
    context: Context, domain: str, problems: Mapping[date, str], checks: Iterable[dg.AssetCheckKey] = ()
) -> None:
    """Fail the last step of a domain in a run if the step has problems or a day is held back.

    Looks at `checks` and at all blocking checks that the run plans for the domain's bronze and silver.

    Raises:
        BadDaysError: names every bad day and its reason.
    """
    if not is_last_step(context):
        return
    days = run_days(context)
    bad = held_back(context.instance, [*_planned_checks(context, domain), *checks], days)
    if bad := {**problems, **bad}:
        raise BadDaysError(bad, days)


def _planned_checks(context: Context, domain: str) -> list[dg.AssetCheckKey]:
    graph = context.op_execution_context.job_def.asset_layer.asset_graph
    folders = [[layer, domain] for layer in ("bronze", "silver")]
    of_domain = [key for key in graph.asset_check_keys if list(key.asset_key.path[:2]) in folders]
    return [key for key in of_domain if graph.get_check_spec(key).blocking]


def is_last_step(context: Context) -> bool:
    """Whether no other step of the run waits for this one: then this one fails for bad days."""
    step_context = context.op_execution_context.get_step_execution_context()
    plan, own_step = step_context.execution_plan, step_context.step.key
    depends_on = plan.get_all_step_deps()
    return not any(own_step in depends_on[step] for step in plan.step_keys_to_execute)
