"""Reconciliation of gold, after the merge: counts and cents of the run's days.

A model asks for it in its YAML, `meta: {reconciliation: …}`, and says what it is compared with:

- `{silver: schema.table, key: […], amount: …}`: each row of silver is a row of the model. With
  `lines: model`, a row of the model is the sum of its lines in that model.
- `{source: table, versions: model, key: […], amount: …}`: each row that the source counted is a row of the
  view, as the table of versions below it has it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Any

import dagster as dg

from shopflow_assets.days.day_report import DayReport, fail_for_bad_days
from shopflow_assets.days.gate import held_back
from shopflow_assets.days.partitions import run_days
from shopflow_assets.days.per_day import daily_specs
from shopflow_assets.domain import Domain
from shopflow_assets.gold.dbt.graph import GoldGraph
from shopflow_assets.gold.dbt.project import GoldTranslator, manifest
from shopflow_assets.gold.gold_step import gate_checks, read_by
from shopflow_assets.gold.published_days import PublishedDay, published, record
from shopflow_assets.gold.reconciliation import with_silver, with_source
from shopflow_assets.gold.silver_state import read_state

NAME = "reconciliation"
DESCRIPTIONS = {"silver": with_silver.DESCRIPTION, "source": with_source.DESCRIPTION}


def gold_reconciliation(domain: Domain) -> dg.AssetChecksDefinition | None:
    """One step for the domain's models that ask for it; None when no model does."""
    graph = GoldGraph(manifest(), domain.name)
    nodes = [graph.manifest["nodes"][key] for key in sorted(graph.models)]
    asked = {GoldTranslator().get_asset_key(node): node for node in nodes if NAME in node["config"]["meta"]}
    if not asked:
        return None
    specs = [
        spec
        for key, node in asked.items()
        for spec in daily_specs(key, {NAME: DESCRIPTIONS[_compared_with(node)]}, blocking=True)
    ]

    # In gold's pool, so that no other run is between two of its tables.
    @dg.multi_asset_check(
        name=f"{domain.name}_gold_reconciliation", specs=specs, can_subset=True, pool=f"{domain.name}_gold"
    )
    def compare(context: dg.AssetCheckExecutionContext) -> Iterator[Any]:
        report, days = DayReport(context), run_days(context)
        keys = {asked[key.asset_key]["unique_id"]: key for key in context.selected_asset_check_keys}
        nodes = [node for node in asked.values() if node["unique_id"] in keys]
        selected = {kind: [n for n in nodes if _compared_with(n) == kind] for kind in DESCRIPTIONS}
        # Days that are held back are not compared: gold has an older state of them, and should.
        read = read_by(graph, graph.models)
        state = read_state(context.instance, read, days)
        bad = state.unsettled | held_back(context.instance, gate_checks(read), days)
        in_gold = published(domain.name, days)
        # Nor are days whose silver is newer than gold. A day that an older version made has no state.
        due = [day for day in days if day not in bad and _is_from(in_gold.get(day), state.inputs[day])]
        wrong: dict[date, str] = {}
        for model, day, verdict in chain(
            with_silver.verdicts(selected["silver"], due),
            with_source.verdicts(domain, selected["source"], due),
        ):
            report.judged(keys[model], day, verdict)
            if not verdict.passed and not verdict.is_warning:
                name = keys[model].asset_key.to_user_string()
                wrong[day] = f"{name}: {NAME}: {verdict.description}"
        withdrawn = {
            day: replace(in_gold[day], is_complete=False, reason=wrong[day])
            for day in wrong.keys() & in_gold.keys()
        }
        record(domain.name, context.run.run_id, withdrawn)
        yield from report.events()
        fail_for_bad_days(context, domain.name, bad | wrong)

    return compare


def _compared_with(node: Mapping[str, Any]) -> str:
    return next(kind for kind in DESCRIPTIONS if kind in node["config"]["meta"][NAME])


def _is_from(in_gold: PublishedDay | None, silver: Mapping[str, str]) -> bool:
    return in_gold is None or in_gold.inputs == silver
