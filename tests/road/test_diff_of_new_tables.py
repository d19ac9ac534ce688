"""`shopflow diff` of the run that made the days: every table of gold grew from nothing to its rows."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.harness.lakehouse import Lakehouse
from tests.road.carried import DAYS

pytestmark = pytest.mark.domain("ecommerce")

# The money columns of a table made of silver, of one made of silver and gold, and of one made of gold.
AMOUNTS = {
    "order_items": {"price", "discount", "total_amount"},
    "orders": {"total_amount"},
    "int_product_performance_daily": {"revenue", "discount_amount"},
}


@pytest.fixture(scope="module")
def shown(road: Lakehouse) -> dict[str, dict[str, Any]]:
    words = ("diff", f"{DAYS[0]}", f"{DAYS[-1]}", "--format", "json")
    return {table["table"]: table for table in json.loads(road.stack.shopflow(*words))["tables"]}


@pytest.mark.parametrize("table", AMOUNTS)
def test_rows_and_cents_of_a_new_table_are_all_added(
    road: Lakehouse, shown: dict[str, dict[str, Any]], table: str
) -> None:
    found = shown[f"gold.ecommerce.{table}"]
    assert found["amounts"].keys() >= AMOUNTS[table]
    sums = ", ".join(f"cast(sum({name}) as decimal(38, 2)) as {name}" for name in found["amounts"])
    [held] = road.sql(f"select count(*) as row_count, {sums} from gold.ecommerce.{table}")
    counts = [found[name] for name in ("rows_before", "rows_after", "added", "removed", "changed")]
    rows = held.pop("row_count")
    assert counts == [0, rows, rows, 0, 0]
    assert {name: Decimal(amount["after"]) for name, amount in found["amounts"].items()} == held
