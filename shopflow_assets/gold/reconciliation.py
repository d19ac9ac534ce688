"""Reconciliation of gold with silver: counts and cents of the run's days, after the merge.

A model asks for it in its YAML: `meta: {reconciliation: {silver: schema.table, key: […], amount: …}}`. Each
row of silver is a row of gold. With `lines: model`, a row of gold is the sum of its lines in that model.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
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
from shopflow_assets.gold.silver_state import read_state
from shopflow_assets.gold.trino import query
from shopflow_assets.settings import settings
from shopflow_assets.verdict import Verdict

NAME = "reconciliation"
SQL = Path(__file__).parent / "sql"
DESCRIPTION = (
    "Each silver row of the day is in gold with its cents or replaced by a newer day; gold has no other."
)


def gold_reconciliation(domain: Domain) -> dg.AssetChecksDefinition | None:
    """One step for the domain's models that ask for it; None when no model does."""
    graph = GoldGraph(manifest(), domain.name)
    nodes = [graph.manifest["nodes"][key] for key in sorted(graph.models)]
    asked = {GoldTranslator().get_asset_key(node): node for node in nodes if NAME in node["config"]["meta"]}
    if not asked:
        return None
    specs = [spec for key in asked for spec in daily_specs(key, {NAME: DESCRIPTION}, blocking=True)]

    # In gold's pool, so that no other run is between two of its tables.
    @dg.multi_asset_check(
        name=f"{domain.name}_gold_reconciliation", specs=specs, can_subset=True, pool=f"{domain.name}_gold"
    )
    def compare(context: dg.AssetCheckExecutionContext) -> Iterator[Any]:
        report, days = DayReport(context), run_days(context)
        nodes = {key: asked[key.asset_key] for key in context.selected_asset_check_keys}
        # Days that are held back are not compared: gold has an older state of them, and should.
        read = read_by(graph, graph.models)
        state = read_state(context.instance, read, days)
        bad = state.unsettled | held_back(context.instance, gate_checks(read), days)
        in_gold = published(domain.name, days)
        # Nor are days whose silver is newer than gold. A day that an older version made has no state.
        due = [day for day in days if day not in bad and _is_from(in_gold.get(day), state.inputs[day])]
        wrong: dict[date, str] = {}
        for key, node in sorted(nodes.items()):
            counts = _counts(node, days)
            for day in due:
                verdict = reconcile(counts.get(day))
                report.judged(key, day, verdict)
                if not verdict.passed:
                    wrong[day] = f"{key.asset_key.to_user_string()}: {NAME}: {verdict.description}"
        withdrawn = {
            day: replace(in_gold[day], is_complete=False, reason=wrong[day])
            for day in wrong.keys() & in_gold.keys()
        }
        record(domain.name, context.run.run_id, withdrawn)
        yield from report.events()
        fail_for_bad_days(context, domain.name, bad | wrong)

    return compare


def reconcile(counts: dict[str, Any] | None) -> Verdict:
    """The day's verdict.

    `counts` holds rows and amounts: of silver, of its rows that are `carried` (in gold from this day, with
    the same cents) or `superseded` (in gold from a newer day), and of all that gold has from this day. It is
    None for a day without any row.
    """
    if counts is None:
        return Verdict(True, "neither silver nor gold has rows of this day")
    shown = {name: str(value) if isinstance(value, Decimal) else value for name, value in counts.items()}
    wrong = []
    lost = counts["silver_rows"] - counts["carried_rows"] - counts["superseded_rows"]
    if lost:
        wrong.append(f"{lost} of {counts['silver_rows']} silver rows are not in gold with the same cents")
    if counts["gold_rows"] != counts["carried_rows"]:
        extra = counts["gold_rows"] - counts["carried_rows"]
        wrong.append(f"gold has {extra} rows from this day that silver does not have")
    if counts["gold_amount"] != counts["carried_amount"]:
        wrong.append(
            f"gold has {counts['gold_amount']} from this day, silver explains {counts['carried_amount']}"
        )
    text = f"{counts['carried_rows']} silver rows are in gold, {counts['superseded_rows']} replaced since"
    return Verdict(not wrong, "; ".join(wrong) or text, shown)


def _is_from(in_gold: PublishedDay | None, silver: Mapping[str, str]) -> bool:
    return in_gold is None or in_gold.inputs == silver


def _counts(node: Mapping[str, Any], days: Sequence[date]) -> dict[date, dict[str, Any]]:
    asked = node["config"]["meta"][NAME]
    names = {
        "silver": f"silver.{asked['silver']}",
        "gold": f"gold.{node['schema']}.{node['alias']}",
        "lines": f"gold.{node['schema']}.{asked.get('lines')}",
        "amount": asked["amount"],
        "key": ", ".join(asked["key"]),
        "row_of_key": asked["key"][0] if len(asked["key"]) == 1 else f"({', '.join(asked['key'])})",
        "same_key": " and ".join(f"silver.{column} = gold.{column}" for column in asked["key"]),
        "same_key_of_lines": " and ".join(f"silver.{column} = lines.{column}" for column in asked["key"]),
        "first": days[0].isoformat(),
        "last": days[-1].isoformat(),
    }
    delivered = (SQL / ("sums.sql" if "lines" in asked else "rows.sql")).read_text().format(**names)
    sql = (SQL / "reconciliation.sql").read_text().format(delivered=delivered, **names)
    return {row.pop("partition_date"): row for row in query(settings(), sql)}
