"""A run's data tests also look at rows that it left under an older day, or under another order date."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.gold.ecommerce.lines import line, quarantined
from tests.harness.gold_lake import START, GoldLake

# dbt and its libraries warn about themselves.
pytestmark = pytest.mark.filterwarnings("default")

TOMORROW = START + timedelta(days=1)
MONTH_BEFORE = date(2025, 12, 1)


def test_the_data_tests_look_at_what_a_run_left_under_an_older_day_or_another_order_date(
    lake: GoldLake,
) -> None:
    moved = line(START, "moved", "p1", order_date=_at(MONTH_BEFORE))
    short = [line(TOMORROW, "short", product, order_date=_at(START)) for product in ("p1", "p2")]
    lake.deliver(START, order_lines=[moved, line(START, "short", "p1")])
    lake.deliver(TOMORROW, order_lines=short)
    lake.run(START, TOMORROW, *lake.materialized("incremental"))
    daily = {
        lake.tested[name]: name
        for name, test in lake.data_tests.items()
        if test.test_metadata.name == "agrees_with_orders"
    }
    before = {table: lake.version(table) for table in daily}
    assert daily

    # One order was placed later than was said at first. The other has one line, which is refused.
    refused = quarantined(TOMORROW, '{"order_id": " short", "product_id": "p2"}')
    lake.deliver(TOMORROW, order_lines=[line(TOMORROW, "moved", "p1")], quarantine=[refused])
    lake.run(TOMORROW, TOMORROW)
    held = lake.gold("orders", ["order_id", "source_partition_date", "total_amount", "is_complete"])
    assert [tuple(row.values()) for row in held] == [
        ("moved", TOMORROW, 10, True),
        ("short", START, 10, False),
    ]
    [(name, query)] = lake.failing_tests(TOMORROW, TOMORROW).items()
    assert name == "orders_are_complete"
    assert _values(lake.rows(query), "order_id") == ["short"]

    for table, version in before.items():
        left_behind = f"select * from {lake.table(table)} for version as of {version}"
        lake.query(f"insert into {lake.table(table)} {left_behind} where order_date = date '{MONTH_BEFORE}'")
    wrong = "total_amount = 0.01, customer_id = '?'"
    lake.query(f"update {lake.table('orders')} set {wrong} where order_id = 'short'")
    queries = lake.failing_tests(TOMORROW, TOMORROW)
    found = {name: lake.rows(query) for name, query in queries.items()}
    for name in daily.values():
        assert MONTH_BEFORE in _values(found[name], "order_date"), name
    assert _values(found["orders_are_complete"], "order_id") == ["short"]
    assert _values(found["orders_total_is_sum_of_lines"], "order_id") == ["short"]
    assert _values(found["orders_have_their_customer"], "from_field") == ["?"]


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10)


def _values(rows: list[dict[str, Any]], column: str) -> list[Any]:
    return [row[column] for row in rows]
