"""Why a day is held back: each reason once, after all tables that it holds for."""

from datetime import date
from pathlib import Path

import dagster as dg

DAY = date(2026, 1, 1)
TABLES = [dg.AssetKey(["bronze", "shop", name]) for name in ("lines", "orders", "other")]


def test_a_reason_of_several_tables_is_told_once(pipeline: Path) -> None:
    from shopflow_assets.days.gate import held_back

    with dg.instance_for_test() as instance:
        for table, why in zip(TABLES, ("the slot is gone", "the slot is gone", "late"), strict=True):
            instance.report_runless_asset_event(
                dg.AssetCheckEvaluation(
                    asset_key=table,
                    check_name="landed",
                    passed=False,
                    description=why,
                    partition=f"{DAY}",
                    severity=dg.AssetCheckSeverity.ERROR,
                )
            )
        bad = held_back(instance, [dg.AssetCheckKey(table, "landed") for table in TABLES], [DAY])
    of_two = "bronze/shop/lines, bronze/shop/orders: landed: the slot is gone"
    assert bad == {DAY: f"{of_two}; bronze/shop/other: landed: late"}
