"""Compares a gold table with the silver table that it carries, day by day."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from shopflow_assets.gold.trino import query
from shopflow_assets.settings import settings
from shopflow_assets.verdict import Verdict

SQL = Path(__file__).parent / "sql"
DESCRIPTION = (
    "Each silver row of the day is in gold with its cents or replaced by a newer day; gold has no other."
)


def verdicts(
    nodes: Collection[Mapping[str, Any]], days: Collection[date]
) -> Iterator[tuple[str, date, Verdict]]:
    """The verdict of each day on each of these models of dbt, by the model's id."""
    for node in nodes:
        counts = _counts(node, days) if days else {}
        for day in days:
            yield node["unique_id"], day, reconcile(counts.get(day))


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


def _counts(node: Mapping[str, Any], days: Collection[date]) -> dict[date, dict[str, Any]]:
    asked = node["config"]["meta"]["reconciliation"]
    names = {
        "silver": f"silver.{asked['silver']}",
        "gold": f"gold.{node['schema']}.{node['alias']}",
        "lines": f"gold.{node['schema']}.{asked.get('lines')}",
        "amount": asked["amount"],
        "key": ", ".join(asked["key"]),
        "row_of_key": asked["key"][0] if len(asked["key"]) == 1 else f"({', '.join(asked['key'])})",
        "same_key": " and ".join(f"silver.{column} = gold.{column}" for column in asked["key"]),
        "same_key_of_lines": " and ".join(f"silver.{column} = lines.{column}" for column in asked["key"]),
        "first": min(days).isoformat(),
        "last": max(days).isoformat(),
    }
    delivered = (SQL / ("sums.sql" if "lines" in asked else "rows.sql")).read_text().format(**names)
    sql = (SQL / "with_silver.sql").read_text().format(delivered=delivered, **names)
    return {row.pop("partition_date"): row for row in query(settings(), sql)}
