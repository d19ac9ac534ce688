"""The figures of the simulated shop's days, compared with its tables."""

import json
from collections import Counter
from datetime import timedelta

import pytest

from shop_simulator.world import OPENING
from tests.spark.shop.simulated_shop import DAYS, SimulatedShop

LAST = OPENING + timedelta(days=DAYS - 1)


def figures(shop: SimulatedShop, number: int) -> dict:
    path = shop.truth_dir / "shop" / f"{OPENING + timedelta(days=number)}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_figures_count_the_changes_of_each_day(shop: SimulatedShop, versions: list[dict]) -> None:
    for number in range(DAYS):
        day = str(OPENING + timedelta(days=number))
        counts = Counter(
            (v["table"], v["op"]) for v in versions if v["op"] != "r" and v["at"].startswith(day)
        )
        counted = figures(shop, number)
        assert counted["date"] == day
        assert {
            (table, op): n for table, ops in counted["changes"].items() for op, n in ops.items()
        } == counts


MEASURES = {
    "orders": "select {by}, count(*) from shop.orders where order_ts::date = '{day}' group by 1",
    "amount_cents": """
        select {by}, sum(amount * 100)::int from shop.orders where order_ts::date = '{day}' group by 1
    """,
    "lines": """
        select {by}, count(*) from shop.orders join shop.order_items using (order_id)
        where order_ts::date = '{day}' group by 1
    """,
    "revenue_cents": """
        select {by}, sum(quantity * unit_price * 100)::int
        from shop.orders join shop.order_items using (order_id)
        where order_ts::date = '{day}' group by 1
    """,
    "refunds": """
        select {by}, count(*) from shop.refunds join shop.orders using (order_id, currency)
        where succeeded_at::date = '{day}' group by 1
    """,
    "refunded_cents": """
        select {by}, sum(refunds.amount * 100)::int
        from shop.refunds join shop.orders using (order_id, currency)
        where succeeded_at::date = '{day}' group by 1
    """,
}


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("by", ["channel", "currency"])
def test_figures_of_the_last_day_are_those_of_its_tables(shop: SimulatedShop, measure: str, by: str) -> None:
    """No order is corrected or deleted on its own day, so the tables still hold the last day as it was."""
    held = dict(shop.rows(MEASURES[measure].format(by=by, day=LAST)))
    counted = figures(shop, DAYS - 1)
    assert held
    assert {name: counts[measure] for name, counts in counted[f"by_{by}"].items() if counts[measure]} == held
    assert counted[measure] == sum(held.values())


def test_figures_by_status_are_those_of_all_orders_at_the_end_of_the_day(shop: SimulatedShop) -> None:
    held = shop.rows("select status, count(*), sum(amount * 100)::int from shop.orders group by 1 order by 1")
    assert figures(shop, DAYS - 1)["by_status"] == {
        status: {"orders": orders, "amount_cents": cents} for status, orders, cents in held
    }
