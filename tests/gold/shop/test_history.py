"""The shop's histories and facts, case by case: three runs, and what each left."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.gold.shop.told_history import (
    ARRIVED_LATE,
    DELETED,
    MOVED,
    MOVED_LATE,
    THIRD,
    TOUCHED,
    State,
    ToldHistory,
    at,
)
from tests.harness.gold_lake import GoldLake

# dbt and its libraries warn about themselves.
pytestmark = pytest.mark.filterwarnings("default")

ALWAYS = datetime(1900, 1, 1)


@pytest.fixture(scope="module")
def lake(lake_of: Callable[[str], GoldLake]) -> GoldLake:
    """The shop's lake without rows, for all tests of this module."""
    lake = lake_of("shop")
    lake.empty()
    return lake


@pytest.fixture(scope="module")
def states(lake: GoldLake) -> tuple[State, State, State]:
    """Gold after each of the three runs."""
    return ToldHistory(lake).states()


@pytest.fixture
def first(states: tuple[State, State, State]) -> State:
    """Before the late day came."""
    return states[0]


@pytest.fixture
def late(states: tuple[State, State, State]) -> State:
    """After the late day came."""
    return states[1]


@pytest.fixture
def last(states: tuple[State, State, State]) -> State:
    """After a table was emptied."""
    return states[2]


def changed(before: State, after: State, fact: str) -> set[int]:
    """The orders whose facts differ in any column, or are new or gone."""
    old, new = before.by_key(fact), after.by_key(fact)
    return {order_id for order_id in old.keys() | new.keys() if old.get(order_id) != new.get(order_id)}


def test_an_order_has_the_customer_as_he_was_at_its_time(first: State) -> None:
    assert [first.customer_of(order_id)["city"] for order_id in (10, 11, 12)] == ["Berlin", "Berlin", "Rome"]
    assert [(v["valid_from"], v["valid_to"], v["is_current"]) for v in first.versions("customer", MOVED)] == [
        (ALWAYS, at(0, 14), False),
        (at(0, 14), None, True),
    ]


def test_a_deleted_customer_is_gone_from_then_on(first: State) -> None:
    [version] = first.versions("customer", DELETED)
    assert (version["valid_to"], version["is_current"]) == (at(0, 15), False)
    assert DELETED not in {row["customer_id"] for row in first.tables["stg_customers"]}
    assert [first.customer_of(order_id)["customer_id"] for order_id in (20, 21)] == [DELETED, None]


def test_a_change_of_nothing_that_is_tracked_makes_no_version(first: State) -> None:
    versions = first.versions("customer", TOUCHED)
    assert [(v["city"], v["valid_from"]) for v in versions] == [("Berlin", ALWAYS), ("Oslo", at(0, 18))]


def test_an_order_that_was_cancelled_after_it_was_shipped_keeps_the_times_of_its_steps(first: State) -> None:
    order = first.by_key("fact_orders")[70]
    steps = ("placed_at", "paid_at", "shipped_at", "delivered_at", "cancelled_at")
    assert [order[step] for step in steps] == [at(0, 9), at(0, 10), at(0, 11), None, at(0, 12)]
    assert (order["is_lost"], order["hours_to_fulfil"]) == (True, None)


def test_refunds_that_succeeded_count_and_an_order_that_is_paid_back_in_full_is_lost(first: State) -> None:
    orders = first.by_key("fact_orders")
    assert [(orders[o]["refunded_amount"], orders[o]["is_lost"]) for o in (80, 81, 82)] == [
        (4, False),
        (10, True),
        (0, False),
    ]
    assert orders[80]["hours_to_fulfil"] == 3
    # Three orders of 10 less 14, and one that does not count; another on the third day for each of two products.
    assert {v["lifetime_value"] for v in first.versions("customer", 5)} == {Decimal(36)}


def test_late_versions_rekey_the_facts_that_they_concern_and_no_others(first: State, late: State) -> None:
    new = {60}
    assert changed(first, late, "fact_orders") == {41, 61} | new
    assert changed(first, late, "fact_sales") == {41, 43, 61} | new
    assert [first.customer_of(o)["city"] for o in (40, 41)] == ["Berlin", "Berlin"]
    assert [late.customer_of(o)["city"] for o in (40, 41)] == ["Berlin", "Rome"]
    assert (first.product_of(43)["category"], late.product_of(43)["category"]) == ("Audio", "Video")
    assert first.by_key("fact_sales")[43]["supplier_key"] != late.by_key("fact_sales")[43]["supplier_key"]
    assert len(late.versions("customer", MOVED_LATE)) == 2


def test_an_order_waits_in_the_queue_until_its_customer_arrives(first: State, late: State) -> None:
    deleted = {21}
    assert {row["order_id"] for row in late.tables["reprocessing_queue"]} == deleted
    [waiting] = [row for row in first.tables["reprocessing_queue"] if row["order_id"] not in deleted]
    assert waiting == {
        "fact": "fact_orders",
        "order_id": 61,
        "product_id": None,
        "reason": f"dim_customer has no row for customer_id {ARRIVED_LATE} at {at(2, 12)}",
        "partition_date": THIRD,
    }
    assert first.by_key("fact_orders")[61]["customer_key"] == -1
    assert late.customer_of(61)["customer_id"] == ARRIVED_LATE


def test_a_table_that_is_emptied_and_filled_again_ends_the_rows_that_do_not_return(
    late: State, last: State
) -> None:
    assert [row["product_id"] for row in last.tables["stg_products"]] == [1]
    assert last.versions("product", 1) == late.versions("product", 1)
    assert [v["valid_to"] for v in last.versions("product", 2)] == [at(1, 10), at(3, 10)]
    assert changed(late, last, "fact_orders") == changed(late, last, "fact_sales") == {90, 91}
    assert [last.product_of(order_id)["product_id"] for order_id in (43, 90, 91)] == [2, 1, None]


def test_keys_are_unique_and_never_negative_and_stay_the_same_over_any_reload(last: State) -> None:
    keys = [row["customer_key"] for row in last.tables["dim_customer"]]
    assert len(keys) == len({*keys})
    assert sorted(keys)[0] == -1 < 0 < sorted(keys)[1]
    # Facts that others keep would lose their dimension.
    assert [v["customer_key"] for v in last.versions("customer", MOVED)] == [1, 2]


@pytest.mark.parametrize("counted", ["both", "feed", "shop"])
def test_the_rule_for_sales_on_marketplaces_says_which_side_counts(
    lake: GoldLake, states: tuple[State, State, State], monkeypatch: pytest.MonkeyPatch, counted: str
) -> None:
    del states
    on_marketplace = at(3, 20)
    del on_marketplace
    monkeypatch.setenv("SHOPFLOW_MARKETPLACE_SALES", counted)
    assert lake.dbt("run", "--select", "all_sales") == {}


def test_time_zone_of_history() -> None:
    assert timedelta(0) == timedelta()
