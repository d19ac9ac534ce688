"""The shop's histories and facts, case by case: a few runs, and what each left."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.gold.shop.short_history import (
    ALWAYS,
    ARRIVED_LATE,
    DELETED,
    MOVED,
    MOVED_LATE,
    OTHER,
    THIRD,
    TOUCHED,
    ShortHistory,
    State,
    at,
    changed,
)
from tests.harness.gold_lake import GoldLake

# dbt and its libraries warn about themselves.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def lake(lake_of: Callable[[str], GoldLake]) -> GoldLake:
    """The shop's lake without rows, for all tests of this module."""
    lake = lake_of("shop")
    lake.empty()
    return lake


@pytest.fixture(scope="module")
def states(lake: GoldLake) -> dict[str, State]:
    """Gold after each of the runs."""
    return ShortHistory(lake).states()


@pytest.fixture
def first(states: dict[str, State]) -> State:
    """Before the late day came."""
    return states["first"]


@pytest.fixture
def late(states: dict[str, State]) -> State:
    """After the late day came."""
    return states["late"]


def test_an_order_has_the_customer_as_he_was_at_its_time(first: State) -> None:
    assert [first.customer_of(order_id)["city"] for order_id in (10, 11, 12)] == ["Berlin", "Berlin", "Rome"]
    assert [(v["valid_from"], v["valid_to"], v["is_current"]) for v in first.versions("customer", MOVED)] == [
        (ALWAYS, at(0, 14), False),
        (at(0, 14), None, True),
    ]


def test_a_deleted_customer_is_gone_from_then_on(states: dict[str, State]) -> None:
    first, last = states["first"], states["emptied"]
    [version] = first.versions("customer", DELETED)
    assert (version["valid_to"], version["is_current"]) == (at(0, 15), False)
    assert DELETED not in {row["customer_id"] for row in first.tables["stg_customers"]}
    assert [last.customer_of(order_id)["customer_id"] for order_id in (20, 21)] == [DELETED, None]


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
    # Of 70 to 82, which cost 10 each, the first is cancelled; 14 went back. Six others cost 10 each.
    assert {v["lifetime_value"] for v in first.versions("customer", OTHER)} == {Decimal(30 - 14 + 60)}


def test_late_versions_rekey_the_facts_that_they_concern_and_no_others(first: State, late: State) -> None:
    customers, products, payments, address, supplier, new = {41, 61}, {43, 45}, {82, 81}, {62}, {63}, {60}
    assert changed(first, late, "fact_orders") == customers | payments | address | new
    assert changed(first, late, "fact_sales") == customers | products | address | supplier | new
    assert [first.customer_of(o)["city"] for o in (40, 41)] == ["Berlin", "Berlin"]
    assert [late.customer_of(o)["city"] for o in (40, 41)] == ["Berlin", "Rome"]
    assert {first.product_of(o)["category"] for o in products} == {"Audio"}
    assert {late.product_of(o)["category"] for o in products} == {"Video"}
    assert first.by_key("fact_sales")[43]["supplier_key"] != late.by_key("fact_sales")[43]["supplier_key"]


def test_a_line_of_a_deleted_supplier_has_none(states: dict[str, State]) -> None:
    late, again = states["late"], states["again"]
    assert [state.by_key("fact_sales")[44]["supplier_key"] == -1 for state in (late, again)] == [False, True]


def test_a_payment_that_is_moved_leaves_its_order(first: State, late: State) -> None:
    paid_at = [[state.by_key("fact_orders")[o]["paid_at"] for o in (82, 81)] for state in (first, late)]
    captured, became_paid = at(0, 9, 30), at(0, 10)
    assert paid_at == [[captured, became_paid], [became_paid, captured]]


def test_the_rest_of_a_day_rekeys_the_facts_of_later_days(states: dict[str, State]) -> None:
    before, after, moved, without_supplier = states["late"], states["again"], {42, 43, 45, 60, 62, 63}, {44}
    assert changed(before, after, "fact_orders") == moved
    assert changed(before, after, "fact_sales") == moved | without_supplier
    assert {after.customer_of(order_id)["city"] for order_id in moved} == {"Lima"}


def test_a_fact_waits_in_the_queue_until_its_customer_address_or_supplier_arrives(
    first: State, late: State
) -> None:
    waiting = {
        ("fact_orders", 61, None): f"dim_customer has no row for customer_id {ARRIVED_LATE} at {at(5, 12)}",
        ("fact_orders", 62, None): f"dim_address has no row for address_id 2 at {at(5, 12)}",
        ("fact_sales", 63, 4): f"dim_supplier has no row for product_id 4 at {at(5, 12)}",
    }
    keys = ("fact", "order_id", "product_id")
    assert first.tables["reprocessing_queue"] == [
        dict(zip(keys, key, strict=True)) | {"reason": reason, "partition_date": THIRD}
        for key, reason in waiting.items()
    ]
    assert first.by_key("fact_orders")[61]["customer_key"] == -1
    assert first.by_key("fact_orders")[62]["address_key"] == -1
    assert first.by_key("fact_sales")[63]["supplier_key"] == -1
    assert late.tables["reprocessing_queue"] == []
    assert late.customer_of(61)["customer_id"] == ARRIVED_LATE
    assert late.by_key("fact_orders")[62]["address_key"] > 0
    assert late.by_key("fact_sales")[63]["supplier_key"] > 0


def test_a_table_that_is_emptied_and_filled_again_ends_the_rows_that_do_not_return(
    states: dict[str, State],
) -> None:
    before, after = states["again"], states["emptied"]
    assert [row["product_id"] for row in after.tables["stg_products"]] == [1]
    assert after.versions("product", 1) == before.versions("product", 1)
    assert [v["valid_to"] for v in after.versions("product", 2)] == [at(2, 10), at(6, 10)]
    assert changed(before, after, "fact_orders") == changed(before, after, "fact_sales") == {90, 91, 21}
    assert [after.product_of(order_id)["product_id"] for order_id in (43, 90, 91)] == [2, 1, None]


def test_versions_that_silver_refuses_now_leave_no_trace(states: dict[str, State]) -> None:
    before, after = states["emptied"], states["refused"]
    customers, products, payments = {41, 61}, {43, 45}, {82, 81}
    assert changed(before, after, "fact_orders") == customers | payments
    assert changed(before, after, "fact_sales") == customers | products
    assert [v["city"] for v in after.versions("customer", MOVED_LATE)] == ["Berlin"]
    assert after.versions("customer", ARRIVED_LATE) == []
    assert {after.product_of(order_id)["category"] for order_id in products} == {"Audio"}
    assert [after.by_key("fact_orders")[o]["paid_at"] for o in (82, 81)] == [at(0, 9, 30), at(0, 10)]


def test_keys_are_never_negative_and_stay_the_same_over_any_reload(first: State) -> None:
    keys = [row["customer_key"] for row in first.tables["dim_customer"]]
    assert len(keys) == len({*keys})
    assert [key for key in keys if key < 0] == [-1]
    # XXH64 of shop, 1 and valid_from. With another hash, the facts of a lake would lose their dimensions.
    pinned = [7458448266436976096, 5456871723730223205]
    assert [v["customer_key"] for v in first.versions("customer", MOVED)] == pinned


@pytest.mark.parametrize("counted", ["both", "feed", "shop"])
def test_a_rule_says_which_side_of_sales_on_marketplaces_counts(
    lake: GoldLake, states: dict[str, State], monkeypatch: pytest.MonkeyPatch, counted: str
) -> None:
    monkeypatch.setitem(lake.environment, "SHOPFLOW_MARKETPLACE_SALES", counted)
    assert lake.dbt("run", "--select", "all_sales") == {}
    counts = "source_system, count(*), count_if(channel = 'marketplace')"
    sales = {
        system: (count, on_marketplace)
        for system, count, on_marketplace in lake.query(
            f"select {counts} from {lake.table('all_sales')} group by source_system"
        )
    }
    in_all = len(states["emptied"].tables["fact_sales"])
    assert sales["shop"] == ((in_all - 1, 0) if counted == "feed" else (in_all, 1))
    [(of_feed,)] = lake.query("select count(*) from gold.ecommerce.order_items")
    assert sales.get("ecommerce", (0, 0)) == ((0, 0) if counted == "shop" else (of_feed, of_feed))


def test_another_rule_for_sales_on_marketplaces_is_refused(
    lake: GoldLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(lake.environment, "SHOPFLOW_MARKETPLACE_SALES", "none")
    [why] = lake.dbt("run", "--select", "all_sales").values()
    assert "set it to both, feed or shop" in why
