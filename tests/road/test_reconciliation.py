"""Reconciliation finds gold that differs from silver; the tests undo what they plant."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.harness.automation import run_assets
from tests.harness.lakehouse import Lakehouse

# By table, a statement that damages one order.
PLANTED = {
    "order_items": "delete from gold.ecommerce.order_items where order_id = '{order}'",
    "orders": "update gold.ecommerce.orders set total_amount = total_amount + decimal '0.01'"
    " where order_id = '{order}'",
}


@pytest.fixture
def spoiled_day(road: Lakehouse) -> Iterator[date]:
    """The day of an order that is wrong in one table and missing in the other."""
    orders = (
        "select order_id, source_partition_date as day from gold.ecommerce.orders order by order_id limit 1"
    )
    [row] = road.sql(orders)
    current = """select snapshot_id as id from gold.ecommerce."{}$refs" where name = 'main'"""
    before = {table: road.sql(current.format(table))[0]["id"] for table in PLANTED}
    for statement in PLANTED.values():
        road.sql(statement.format(order=row["order_id"]))
    yield row["day"]
    for table, snapshot in before.items():
        road.sql(f"alter table gold.ecommerce.{table} execute rollback_to_snapshot({snapshot})")


def reconciled(road: Lakehouse, day: date) -> tuple[str, dict[str, bool]]:
    """The status of a run of the checks alone, and by asset whether its check passed."""
    assets = [("gold", "ecommerce", table) for table in PLANTED]
    report = run_assets(road.stack, day, checks=[(asset, "reconciliation") for asset in assets])
    return report.status, {check.asset: check.passed for check in report.checks.values()}


def test_gold_that_differs_from_silver_fails_the_run(road: Lakehouse, spoiled_day: date) -> None:
    assert reconciled(road, spoiled_day) == (
        "FAILURE",
        {"gold/ecommerce/order_items": False, "gold/ecommerce/orders": False},
    )


def test_gold_that_agrees_with_silver_passes(road: Lakehouse) -> None:
    [row] = road.sql("select min(source_partition_date) as day from gold.ecommerce.orders")
    status, passed = reconciled(road, row["day"])
    assert status == "SUCCESS"
    assert set(passed.values()) == {True}
