"""dbt's own tests against the engines: the unit tests hold, and each data test can fail."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from trino.exceptions import TrinoQueryError

from tests.harness.gold_lake import SCHEMA, START, GoldLake, line, quarantined
from tests.harness.stack import Stack

# dbt and its libraries warn about themselves.
pytestmark = pytest.mark.filterwarnings("default")

GOLD = f"gold.{SCHEMA}"
ORDERS, ITEMS, DELIVERIES = f"{GOLD}.orders", f"{GOLD}.order_items", f"{GOLD}.int_order_deliveries"
CUSTOMERS_BY_DAY, ORDERS_BY_DAY = f"{GOLD}.int_customers_daily", f"{GOLD}.int_order_analytics_daily"
PRODUCTS_BY_DAY = f"{GOLD}.int_product_performance_daily"
BUYERS, COHORTS = f"{GOLD}.customer_analytics", f"{GOLD}.customer_retention"
DEFECTS = {
    "customers_key_is_unique": f"insert into {GOLD}.customers table {GOLD}.customers",
    "products_key_is_unique": f"insert into {GOLD}.products table {GOLD}.products",
    "orders_key_is_unique": f"insert into {ORDERS} table {ORDERS}",
    "order_items_key_is_unique": f"insert into {ITEMS} table {ITEMS}",
    "int_order_deliveries_key_is_unique": f"insert into {DELIVERIES} table {DELIVERIES}",
    "int_customers_daily_key_is_unique": f"insert into {CUSTOMERS_BY_DAY} table {CUSTOMERS_BY_DAY}",
    "int_order_analytics_daily_key_is_unique": f"insert into {ORDERS_BY_DAY} table {ORDERS_BY_DAY}",
    "int_product_performance_daily_key_is_unique": f"insert into {PRODUCTS_BY_DAY} table {PRODUCTS_BY_DAY}",
    "orders_are_complete": f"update {ORDERS} set is_complete = false",
    "orders_have_their_customer": f"update {ORDERS} set customer_id = '?'",
    "order_items_have_their_order": f"update {ITEMS} set order_id = '?'",
    "order_items_have_their_product": f"update {ITEMS} set product_id = '?'",
    "order_items_total_is_price_times_quantity_less_discount": f"update {ITEMS} set discount = 1",
    "orders_total_is_sum_of_lines": f"update {ORDERS} set total_amount = 0.01",
    "int_order_analytics_daily_counts_every_order": f"update {ORDERS_BY_DAY} set orders = 7",
    "int_customers_daily_counts_every_customer": f"update {CUSTOMERS_BY_DAY} set customers = 7",
    "int_product_performance_daily_counts_every_line": f"update {PRODUCTS_BY_DAY} set revenue = 0.01",
    "int_product_performance_daily_has_its_product": f"update {PRODUCTS_BY_DAY} set product_id = '?'",
}
# Of these tables the rows that are missing show, and not only those that are wrong.
LOST_ROWS = {
    "orders_total_is_sum_of_lines": ITEMS,
    "int_order_analytics_daily_counts_every_order": ORDERS_BY_DAY,
    "int_customers_daily_counts_every_customer": CUSTOMERS_BY_DAY,
    "int_product_performance_daily_counts_every_line": PRODUCTS_BY_DAY,
    "customer_analytics_lifetime_values_add_up_to_revenue": BUYERS,
    "customer_retention_cohorts_add_up_to_revenue": COHORTS,
}
# These tables are made anew as a whole, and so are their tests: what they find is of no day.
WHOLE_DEFECTS = {
    "customer_analytics_key_is_unique": f"insert into {BUYERS} table {BUYERS}",
    "customer_analytics_lifetime_values_add_up_to_revenue": f"update {BUYERS} set lifetime_value = 0.01",
    "customer_analytics_behaviour_segment_is_known": f"update {BUYERS} set behaviour_segment = '?'",
    "customer_retention_key_is_unique": f"insert into {COHORTS} table {COHORTS}",
    "customer_retention_cohorts_add_up_to_revenue": f"update {COHORTS} set revenue = 0.01",
    "customer_retention_rates_are_shares": f"update {COHORTS} set retention_rate = 1.1",
}


@pytest.fixture(scope="module")
def lake(stack: Stack) -> Iterator[GoldLake]:
    with pytest.MonkeyPatch.context() as environment:
        yield GoldLake(stack.home, environment)


@pytest.fixture(scope="module")
def one_order(lake: GoldLake) -> GoldLake:
    lake.empty()
    lake.deliver(START, [line(START, "o1", "p1", order_status="delivered")])
    lake.run(START, START)
    return lake


def test_every_data_test_passes_on_good_rows(one_order: GoldLake) -> None:
    assert one_order.dbt("test", "--select", "test_type:data", first=START, last=START) == {}


def test_the_unit_tests_of_the_models_hold(one_order: GoldLake) -> None:
    assert one_order.dbt("test", "--select", "test_type:unit") == {}


@pytest.mark.parametrize("name", LOST_ROWS)
def test_a_data_test_finds_that_the_rows_of_a_day_are_missing(one_order: GoldLake, name: str) -> None:
    one_order.query(f"delete from {LOST_ROWS[name]}")
    try:
        assert name in one_order.dbt("test", "--select", name, first=START, last=START)
    finally:
        one_order.run(START, START)


@pytest.mark.parametrize(
    ("name", "defect"),
    [
        ("int_order_analytics_daily_counts_every_order", f"update {ORDERS_BY_DAY} set days_to_delivery = 7"),
        ("int_order_analytics_daily_counts_every_order", f"update {ORDERS_BY_DAY} set dated_deliveries = 7"),
        ("int_order_analytics_daily_counts_every_order", f"update {ORDERS_BY_DAY} set order_value = 0.01"),
        ("int_product_performance_daily_counts_every_line", f"update {PRODUCTS_BY_DAY} set orders = 7"),
        ("int_product_performance_daily_counts_every_line", f"update {PRODUCTS_BY_DAY} set quantity = 7"),
        (
            "int_product_performance_daily_counts_every_line",
            f"update {PRODUCTS_BY_DAY} set discount_amount = 1",
        ),
        ("customer_analytics_key_is_unique", f"update {BUYERS} set customer_id = null"),
        ("customer_retention_key_is_unique", f"update {COHORTS} set activity_month = null"),
    ],
)
def test_a_data_test_looks_at_every_column_that_it_is_about(
    one_order: GoldLake, name: str, defect: str
) -> None:
    one_order.query(defect)
    try:
        assert name in one_order.dbt("test", "--select", name, first=START, last=START)
    finally:
        one_order.run(START, START)


def test_a_required_column_refuses_null(one_order: GoldLake) -> None:
    with pytest.raises(TrinoQueryError, match="NULL value not allowed"):
        one_order.query(f"update {ORDERS} set customer_id = null")


@pytest.mark.parametrize(
    ("change", "back", "named"),
    [
        ("add column stray varchar", "drop column stray", "stray varchar"),
        ("rename column brand to label", "rename column label to brand", "brand varchar"),
    ],
)
def test_a_table_that_is_not_as_its_contract_says_is_left_alone(
    one_order: GoldLake, change: str, back: str, named: str
) -> None:
    one_order.query(f"alter table {GOLD}.products {change}")
    try:
        [(model, why)] = one_order.dbt("run", "--select", "products", first=START, last=START).items()
    finally:
        one_order.query(f"alter table {GOLD}.products {back}")
    assert model == "products"
    assert named in why
    assert "drop the table" in why


def test_a_run_without_days_changes_nothing(one_order: GoldLake) -> None:
    before = [one_order.gold(table, ["*"]) for table in ("orders", "customer_analytics")]
    assert one_order.dbt("run") == {}
    assert one_order.dbt("run", "--empty") == {}
    assert [one_order.gold(table, ["*"]) for table in ("orders", "customer_analytics")] == before


@pytest.mark.parametrize(
    ("arguments", "days", "error"),
    [
        (["--full-refresh"], (START, START), "--full-refresh is not used here"),
        ([], (START + timedelta(days=1), START), "is after SHOPFLOW_TO"),
        ([], (START, None), "Set both SHOPFLOW_FROM and SHOPFLOW_TO"),
    ],
)
def test_a_wrong_call_is_refused(lake: GoldLake, arguments: list, days: tuple, error: str) -> None:
    with pytest.raises(Exception, match=error):
        lake.dbt("run", *arguments, first=days[0], last=days[1])


def test_every_data_test_finds_its_defect_in_the_rows_of_the_run_or_in_all(
    one_order: GoldLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    tests = {node.name for node in one_order.manifest.nodes.values() if node.resource_type == "test"}
    assert tests == DEFECTS.keys() | WHOLE_DEFECTS.keys()
    for defect in (DEFECTS | WHOLE_DEFECTS).values():
        one_order.query(defect)
    data_tests, tomorrow = ("test", "--select", "test_type:data"), START + timedelta(days=1)

    assert one_order.dbt(*data_tests, first=START, last=START).keys() == tests
    assert one_order.dbt(*data_tests, first=tomorrow, last=tomorrow).keys() == WHOLE_DEFECTS.keys()
    monkeypatch.setenv("SHOPFLOW_TEST_SCOPE", "full")
    assert one_order.dbt(*data_tests, first=tomorrow, last=tomorrow).keys() == tests


def test_the_data_tests_look_at_what_a_run_changed_and_left_under_an_older_day(lake: GoldLake) -> None:
    bought, tomorrow = datetime(START.year, START.month, START.day, 10), START + timedelta(days=1)
    lines = [line(tomorrow, "o1", product, order_date=bought) for product in ("p1", "p2")]
    lake.empty()
    lake.deliver(START, [line(START, "o1", "p1")])
    lake.deliver(tomorrow, lines)
    lake.run(START, tomorrow)
    # The day is delivered anew without the order, of which one line was refused.
    lake.deliver(tomorrow, [], [quarantined(tomorrow, '{"order_id": " o1", "product_id": "p2"}')])
    lake.run(tomorrow, tomorrow)
    [held] = lake.gold("orders", ["source_partition_date", "total_amount", "is_complete"])
    assert list(held.values()) == [START, 10, False]
    run = {"first": tomorrow, "last": tomorrow}
    assert lake.dbt("test", "--select", "test_type:data", **run).keys() == {"orders_are_complete"}
    lake.query(f"update {ORDERS} set total_amount = 0.01, customer_id = '?'")
    found = {"orders_are_complete", "orders_total_is_sum_of_lines", "orders_have_their_customer"}
    assert found < lake.dbt("test", "--select", "test_type:data", **run).keys()


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (CUSTOMERS_BY_DAY, "int_customers_daily_counts_every_customer"),
        (ORDERS_BY_DAY, "int_order_analytics_daily_counts_every_order"),
        (PRODUCTS_BY_DAY, "int_product_performance_daily_counts_every_line"),
    ],
)
def test_a_data_test_finds_the_row_that_an_order_left_behind(lake: GoldLake, table: str, name: str) -> None:
    tomorrow = START + timedelta(days=1)
    lake.empty()
    lake.deliver(START, [line(START, "o1", "p1")])
    lake.run(START, START)
    lake.query(f"create table {GOLD}.left_behind as table {table}")
    # The order was placed a day later than was said at first.
    lake.deliver(tomorrow, [line(tomorrow, "o1", "p1")])
    lake.run(tomorrow, tomorrow)
    tests = ("test", "--select", "test_type:data")
    assert lake.dbt(*tests, first=tomorrow, last=tomorrow) == {}
    lake.query(f"insert into {table} table {GOLD}.left_behind")
    assert name in lake.dbt(*tests, first=tomorrow, last=tomorrow)
