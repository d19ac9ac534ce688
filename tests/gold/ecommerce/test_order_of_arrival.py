"""Gold does not depend on the order of arrival (law 5)."""

import random
from collections.abc import Callable

import polars as pl
import pytest

from tests.gold.against_oracle import built, expected
from tests.gold.ecommerce.random_feed import RandomFeed
from tests.harness.gold_history import History, live
from tests.harness.gold_lake import START, GoldLake

# dbt and its libraries warn about themselves.
pytestmark = pytest.mark.filterwarnings("default")


def many_orders(lake: GoldLake) -> History:
    chance = random.Random(7)
    return History(
        chance, RandomFeed(chance, orders=120, customers=40, products=6), lake.stages, days=6, steps=5
    )


def few_orders(lake: GoldLake) -> History:
    chance = random.Random(11)
    return History(
        chance, RandomFeed(chance, orders=6, customers=3, products=4), lake.stages, days=5, steps=6
    )


def _orders(lake: GoldLake, query: str) -> set[str]:
    """The orders that a data test returns; none if it did not fail."""
    return {row["order_id"] for row in lake.rows(query)} if query else set()


@pytest.mark.parametrize("make_history", [many_orders, few_orders])
def test_any_order_of_days_gives_the_tables_that_silver_says(
    lake: GoldLake, make_history: Callable[[GoldLake], History]
) -> None:
    history = make_history(lake)
    live(lake, history)

    wanted = expected(lake)
    assert built(lake, wanted) == wanted
    # A line in quarantine leaves an order incomplete, and its customer may change; nothing else is wrong.
    failing = lake.failing_tests(START, history.days[-1], scope="full")
    assert _orders(lake, failing.pop("orders_are_complete", "")) == {
        row["order_id"] for row in wanted["orders"] if not row["is_complete"]
    }
    customers = lake.silver.frame("order_lines").group_by("order_id").agg(pl.col("customer_id").n_unique())
    changed = customers.filter(pl.col("customer_id") > 1)["order_id"]
    assert _orders(lake, failing.pop("orders_keep_their_customer", "")) == set(changed)
    assert failing == {}


def test_one_build_of_all_days_gives_the_tables_that_silver_says(lake: GoldLake) -> None:
    history = many_orders(lake)
    for event in history.events():
        if event.rows is not None:
            lake.deliver(event.first, **event.rows)
    lake.run(START, history.days[-1])

    wanted = expected(lake)
    assert built(lake, wanted) == wanted
