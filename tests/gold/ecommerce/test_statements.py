"""How many statements dbt sends to Trino, and that the results of common statements are kept apart."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest

from tests.gold.ecommerce import good_rows
from tests.harness.gold_lake import START, GoldLake

# dbt and its libraries warn about themselves.
pytestmark = pytest.mark.filterwarnings("default")

OF_ITEMS = {
    "order_items_key_is_unique",
    "order_items_total_is_price_times_quantity_less_discount",
    "order_items_have_their_order",
    "order_items_have_their_product",
}


@pytest.fixture(scope="module")
def lake(lake_of: Callable[[str], GoldLake]) -> GoldLake:
    """The lake with gold of good rows, for all tests of this module."""
    lake = lake_of("ecommerce")
    lake.empty()
    good_rows.deliver(lake)
    lake.run(START, START)
    return lake


@pytest.fixture
def good(lake: GoldLake) -> Generator[GoldLake]:
    """The lake with gold of good rows; what a test changes in them is taken back."""
    with lake.restored(*lake.materialized("incremental")):
        yield lake


def asked(lake: GoldLake, what: str = "") -> list[str]:
    """The ids of all statements of dbt so far that contain a text."""
    statements = "select query_id, query from system.runtime.queries where \"user\" = 'dbt'"
    return [row["query_id"] for row in lake.rows(statements) if what in row["query"]]


@contextmanager
def renamed(lake: GoldLake, model: str, column: str) -> Generator[None]:
    """Meanwhile a column has another name."""
    lake.query(f"alter table {lake.table(model)} rename column {column} to hidden")
    try:
        yield
    finally:
        lake.query(f"alter table {lake.table(model)} rename column hidden to {column}")


def of_items(lake: GoldLake) -> dict[str, str]:
    """dbt's message for each data test of `order_items` that did not pass."""
    return lake.dbt("test", "--select", *sorted(OF_ITEMS), first=START, last=START)


def test_the_data_tests_of_a_model_are_one_statement_and_each_has_its_own_count(good: GoldLake) -> None:
    good.query(f"update {good.table('order_items')} set product_id = '?' where order_id in ('o01', 'o02')")
    good.query(f"update {good.table('order_items')} set order_id = '?' where order_id = 'o03'")
    before = asked(good, "as failures")
    failed = of_items(good)
    assert len(set(asked(good, "as failures")) - set(before)) == 1
    assert failed == {
        "order_items_have_their_product": "Got 2 results, configured to fail if != 0",
        "order_items_have_their_order": "Got 1 result, configured to fail if != 0",
    }


def test_a_data_test_that_is_asked_with_others_keeps_its_own_where(good: GoldLake) -> None:
    orders, selected = good.table("orders"), ["orders_have_their_customer", "orders_key_is_unique"]
    # First seen on the fifth, shown as of the ninth, and there twice.
    shown_later = "source_partition_date = date '2026-01-09', last_partition_date = date '2026-01-09'"
    good.query(f"update {orders} set customer_id = '?', {shown_later} where order_id = 'o05'")
    good.query(f"insert into {orders} select * from {orders} where order_id = 'o05'")

    def failing(day: int) -> list[str]:
        on = START.replace(day=day)
        return sorted(good.dbt("test", "--select", *selected, first=on, last=on))

    assert failing(day=5) == selected[:1]
    assert failing(day=9) == selected
    assert failing(day=10) == []


def test_a_data_test_that_breaks_fails_by_its_name_and_hides_no_other(good: GoldLake) -> None:
    good.query(f"update {good.table('order_items')} set product_id = '?' where order_id = 'o01'")
    with renamed(good, "order_items", "discount"):
        failed = of_items(good)
    assert failed.keys() == {
        "order_items_total_is_price_times_quantity_less_discount",
        "order_items_have_their_product",
    }
    assert (
        "'discount' cannot be resolved" in failed["order_items_total_is_price_times_quantity_less_discount"]
    )
    assert failed["order_items_have_their_product"] == "Got 1 result, configured to fail if != 0"


def test_a_data_test_that_names_examples_returns_the_first_of_them(good: GoldLake) -> None:
    good.query(f"update {good.table('orders')} set is_complete = false where order_id < 'o07'")
    [result] = [
        result
        for result in good.results(["test", "--select", "orders_are_complete"], START, START)
        if result.node.name == "orders_are_complete"
    ]
    assert (result.failures, result.adapter_response["examples"]) == (7, "o00, o01, o02, o03, o04")


def test_an_incremental_model_is_one_merge(good: GoldLake) -> None:
    before = set(asked(good))
    good.run(START, START, "order_items")
    assert len(set(asked(good, "merge into")) - before) == 1
    # dbt-trino would make a view of the model's query first.
    assert not set(asked(good, "create or replace view")) - before


def test_a_table_that_every_run_replaces_takes_one_statement(good: GoldLake) -> None:
    whole, before = good.materialized("table"), set(asked(good))
    rows = {name: good.gold(name) for name in whole}
    good.run(START, START, *whole)
    assert len(set(asked(good, "create or replace table")) - before) == len(whole)
    # dbt-trino would fill the table by a statement of its own.
    assert not set(asked(good, "insert into")) - before
    assert {name: good.gold(name) for name in whole} == rows


def test_every_table_has_the_shared_properties(good: GoldLake) -> None:
    for name in good.materialized("incremental", "table"):
        properties = dict(good.query(f'select key, value from gold.{good.schema}."{name}$properties"'))
        assert properties["commit.manifest.min-count-to-merge"] == "2", name


def test_a_view_is_made_anew_only_when_it_is_made_from_something_else(good: GoldLake) -> None:
    views, made = good.materialized("view"), "create or replace view"
    before = set(asked(good, made))
    good.run(START, START)
    assert not set(asked(good, made)) - before
    good.query(f"comment on view {good.table(views[0])} is 'made from something else'")
    good.run(START, START)
    assert len(set(asked(good, made)) - before) == 1


def test_a_table_in_the_place_of_a_view_gives_way_to_it(good: GoldLake) -> None:
    name = good.table("int_customers_daily")
    before = good.rows(f"select * from {name} order by 1")
    good.query(f"drop view {name}")
    good.query(f"create table {name} as select 1 as stale")
    good.run(START, START)
    assert good.rows(f"select * from {name} order by 1") == before


def test_a_new_day_takes_few_statements(good: GoldLake) -> None:
    day = START.replace(day=2)
    good.deliver(day, order_lines=[good_rows.line(day, "new", "p01", customer_id="c01")])
    before = asked(good)
    as_a_run_does = ("--exclude-resource-type", "unit_test", "--indirect-selection", "buildable")
    failed = good.dbt("build", "--select", good.all(), *as_a_run_does, first=day, last=day)
    good.deliver(day)
    assert failed == {}
    assert len(set(asked(good)) - set(before)) <= 29
