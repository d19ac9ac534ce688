"""Gold does not depend on the order of arrival (law 5), and a MERGE reads only what it may change."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.harness.gold_history import BEFORE_A_CRASH, Delivery, History, Shape
from tests.harness.gold_lake import MAX_ORDER_AGE_DAYS, START, GoldLake, line, quarantined
from tests.harness.stack import Stack

# dbt and its libraries warn about themselves.
pytestmark = pytest.mark.filterwarnings("default")

MANY = 1_000
ORACLE = Path(__file__).parents[1] / "oracle"
RATIO, EXPECTED = ((ORACLE / name).read_text() for name in ("ratio.sql", "ecommerce/gold.sql"))
TABLES = (
    *("customers", "products", "order_items", "orders"),
    *(
        "product_performance",
        "category_performance",
        "brand_performance",
        "order_analytics",
        "business_metrics",
    ),
    *("customer_analytics", "customer_retention"),
)
HISTORIES = {
    "many orders": (7, Shape(days=6, orders=120, customers=40, products=6, steps=5)),
    "few orders": (11, Shape(days=5, orders=6, customers=3, products=4, steps=6)),
}

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def lake(stack: Stack) -> Iterator[GoldLake]:
    with pytest.MonkeyPatch.context() as environment:
        yield GoldLake(stack.home, environment)


def expected(lake: GoldLake) -> dict[str, Rows]:
    """The business columns of each gold table, computed from the silver that is there now."""
    with duckdb.connect() as database:
        database.register("order_lines", lake.silver("order_lines").to_arrow())
        database.register("quarantine", lake.silver("quarantine").to_arrow())
        database.execute(RATIO)
        database.execute(EXPECTED.format(start=START, max_order_age_days=MAX_ORDER_AGE_DAYS))
        tables = {table: database.table(table) for table in TABLES}
        return {
            name: sorted((dict(zip(table.columns, row, strict=True)) for row in table.fetchall()), key=str)
            for name, table in tables.items()
        }


def built(lake: GoldLake, like: dict[str, Rows]) -> dict[str, Rows]:
    """The same columns as gold has them."""
    return {name: lake.gold(name, list(rows[0]) if rows else ["*"]) for name, rows in like.items()}


@pytest.mark.parametrize("name", HISTORIES)
def test_any_order_of_days_gives_the_tables_of_one_build(
    lake: GoldLake, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    seed, shape = HISTORIES[name]
    history = History(seed, shape)
    lake.empty()

    for event in history.events():
        if isinstance(event, Delivery):
            lake.deliver(event.day, event.lines, event.quarantined)
        else:
            lake.run(event.first, event.last, *event.models)

    wanted = expected(lake)
    assert built(lake, wanted) == wanted
    with monkeypatch.context() as environment:
        environment.setenv("SHOPFLOW_TEST_SCOPE", "full")
        # A line in quarantine leaves an order incomplete; nothing else is wrong with the tables.
        warned = {"orders_are_complete"} if any(not row["is_complete"] for row in wanted["orders"]) else set()
        assert lake.dbt("test", "--select", "test_type:data").keys() == warned
    lake.rebuild(*history.days)
    assert built(lake, wanted) == wanted


def test_an_order_has_the_header_of_the_day_of_its_newest_line(lake: GoldLake) -> None:
    one, two, three = (START + timedelta(days=number) for number in range(3))
    bought = datetime(START.year, START.month, START.day, 10)

    def deliver(day: date, **statuses: str) -> None:
        orders = statuses.items()
        lake.deliver(day, [line(day, o, "p", order_date=bought, order_status=status) for o, status in orders])

    lake.empty()
    deliver(one, o1="pending")
    lake.run(one, one)
    deliver(three, o2="pending")
    lake.run(three, three, *BEFORE_A_CRASH["orders"])
    # This waits for its run. The next one looks at that day too, for the header of the other order.
    deliver(three, o1="delivered", o2="pending")
    deliver(two, o1="shipped", o2="pending")
    lake.run(two, two)
    held = lake.gold("orders", ["order_id", "order_status", "source_partition_date"])
    assert [tuple(row.values()) for row in held] == [("o1", "shipped", two), ("o2", "pending", three)]
    deliver(three, o2="pending")
    lake.run(three, three)
    wanted = expected(lake)
    assert built(lake, wanted) == wanted


def test_a_run_reads_silver_as_it_was_when_it_began(lake: GoldLake, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.empty()
    lake.deliver(START, [line(START, "o1", "p", quantity=2, total_amount=20)])
    before, versions = expected(lake), lake.silver_versions()
    lake.deliver(
        START, [line(START, "o1", "p")], [quarantined(START, '{"order_id": "o1", "product_id": "q"}')]
    )
    after = expected(lake)
    with monkeypatch.context() as environment:
        environment.setenv("SHOPFLOW_SILVER_VERSIONS", json.dumps(versions))
        lake.run(START, START)
    assert built(lake, before) == before
    lake.run(START, START)
    assert built(lake, after) == after


def test_a_merge_reads_the_months_that_it_may_change_and_no_other(lake: GoldLake) -> None:
    by_month = [node.name for node in lake.manifest.nodes.values() if _is_kept_by_month(node)]
    assert {"orders", "order_items"} < set(by_month)
    old, new = date(2026, 1, 10), date(2026, 3, 10)
    lake.empty()
    # The old keys lie around the new one: by what the old files say of their keys it could be in them too.
    lake.deliver(old, [line(old, f"{2 * n:04}", "p", order_status="delivered") for n in range(MANY)])
    assert min(_rows_read(lake, old, by_month)) >= MANY
    lake.deliver(new, [line(new, f"{MANY + 1:04}", "p", order_status="delivered")])
    assert 0 < max(_rows_read(lake, new, by_month)) < MANY


def _is_kept_by_month(node: Any) -> bool:
    return "month(" in str(node.config.get("properties"))


def _rows_read(lake: GoldLake, day: date, models: list[str]) -> list[int]:
    """Build these models for the day; how many rows of files each MERGE read, as Trino counted them."""
    statements = "select query_id from system.runtime.queries where \"user\" = 'dbt'"
    merges = f"{statements} and query like '%merge into%'"
    before = set(lake.query(merges))
    lake.run(day, day, *models)
    return [lake.rows_read(merge) for (merge,) in set(lake.query(merges)) - before]
