"""Gold does not depend on the order of arrival (law 5)."""

import random
from collections.abc import Callable

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


@pytest.mark.parametrize("make_history", [many_orders, few_orders])
def test_any_order_of_days_gives_the_tables_that_silver_says(
    lake: GoldLake, make_history: Callable[[GoldLake], History]
) -> None:
    history = make_history(lake)
    live(lake, history)

    wanted = expected(lake)
    assert built(lake, wanted) == wanted
    # A line in quarantine leaves an order incomplete; nothing else is wrong with the tables.
    warned = {"orders_are_complete"} if any(not row["is_complete"] for row in wanted["orders"]) else set()
    assert lake.failing_tests(START, history.days[-1], scope="full").keys() == warned


def test_one_build_of_all_days_gives_the_tables_that_silver_says(lake: GoldLake) -> None:
    history = many_orders(lake)
    for event in history.events():
        if event.rows is not None:
            lake.deliver(event.first, **event.rows)
    lake.run(START, history.days[-1])

    wanted = expected(lake)
    assert built(lake, wanted) == wanted
