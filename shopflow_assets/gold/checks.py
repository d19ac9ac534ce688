"""Reconciliation of gold with silver: counts and cents of the run's days, after the merge."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg

from shopflow_assets.checks.per_day import Verdict, log_verdicts
from shopflow_assets.gold.trino import query
from shopflow_assets.partitions import DAILY, run_days
from shopflow_assets.settings import settings

NAME = "reconciliation"
SQL = Path(__file__).parent / "sql"
TABLES = ("order_items", "orders")
DESCRIPTION = (
    "Each silver row of the day is in gold with its cents or replaced by a newer day; gold has no other."
)


@dg.multi_asset_check(
    name="gold__reconciliation",
    specs=[
        dg.AssetCheckSpec(
            NAME,
            asset=["gold", "ecommerce", table],
            description=DESCRIPTION,
            blocking=True,
            partitions_def=DAILY,
        )
        for table in TABLES
    ],
    can_subset=True,
)
def gold_reconciliation(context: dg.AssetCheckExecutionContext) -> Iterator[Any]:
    """Compare what silver delivered on each of the run's days with what gold says it has from that day."""
    days = run_days(context)
    for key in sorted(context.op_execution_context.selected_asset_check_keys):
        found = _counts(key.asset_key.path[-1], days)
        yield from log_verdicts(context, key, {day: reconcile(found.get(day)) for day in days}, blocking=True)


def reconcile(counts: dict[str, Any] | None) -> Verdict:
    """The day's verdict.

    `counts` holds rows and amounts of: silver; of it `carried` (in gold, from this day, same cents) and
    `superseded` (in gold from a newer day); and gold (all that gold has from this day). None stands for a day
    without any row.
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


def _counts(table: str, days: list[date]) -> dict[date, dict[str, Any]]:
    window = {"first": days[0].isoformat(), "last": days[-1].isoformat()}
    delivered = (SQL / f"{table}.sql").read_text().format(**window)
    whole = (SQL / "reconciliation.sql").read_text()
    sql = whole.format(delivered=delivered, table=f"gold.ecommerce.{table}", **window)
    return {row.pop("partition_date"): row for row in query(settings(), sql)}
