"""What a MERGE takes from silver and from the table, in cases that are rare in a random history."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shopflow_assets.environment import exported
from spark_jobs.contracts.texts import BLANKS
from tests.gold.against_oracle import built, expected
from tests.gold.ecommerce.lines import line, quarantined
from tests.harness.gold_lake import START, GoldLake

# dbt and its libraries warn about themselves.
pytestmark = pytest.mark.filterwarnings("default")

MANY = 1_000
KEEP_CUSTOMER = "orders_keep_their_customer"
UP_TO_ORDERS = ("order_items", "int_order_deliveries", "int_refused_lines", "orders")


def test_an_order_has_the_header_of_the_day_of_its_newest_line(lake: GoldLake) -> None:
    one, two, three = (START + timedelta(days=number) for number in range(3))
    bought = datetime(START.year, START.month, START.day, 10)
    before_orders, up_to_orders = lake.stages[0], [*lake.stages[0], "orders"]

    def deliver(day: date, **statuses: str) -> None:
        orders = statuses.items()
        lines = [line(day, o, "p", order_date=bought, order_status=status) for o, status in orders]
        lake.deliver(day, order_lines=lines)

    deliver(one, o1="pending")
    lake.run(one, one, *up_to_orders)
    deliver(three, o2="pending")
    lake.run(three, three, *before_orders)
    # This delivery waits for its run. The next run reads that day too, for the header of the other order.
    deliver(three, o1="delivered", o2="pending")
    deliver(two, o1="shipped", o2="pending")
    lake.run(two, two, *up_to_orders)
    held = lake.gold("orders", ["order_id", "order_status", "source_partition_date"])
    assert [tuple(row.values()) for row in held] == [("o1", "shipped", two), ("o2", "pending", three)]
    deliver(three, o2="pending")
    lake.run(three, three, *up_to_orders)
    wanted = expected(lake, ["customers", "products", "order_items", "orders"])
    assert built(lake, wanted) == wanted


def test_a_run_reads_silver_as_it_was_when_it_began(lake: GoldLake) -> None:
    from_silver = [name for name, model in lake.models.items() if model.sources]
    shown = [name for name in from_silver if not name.startswith("int_")]
    # `orders` is made of tables that are made of silver.
    assert {
        "customers",
        "products",
        "order_items",
        "orders",
        "int_order_deliveries",
        "int_refused_lines",
    } == set(from_silver)
    lake.deliver(START, order_lines=[line(START, "o1", "p", quantity=2, total_amount=20)])
    before, versions = expected(lake, shown), lake.silver.versions()
    refused = quarantined(START, '{"order_id": "o1", "product_id": "q"}')
    lake.deliver(START, order_lines=[line(START, "o1", "p")], quarantine=[refused])
    after = expected(lake, shown)
    with exported({"SHOPFLOW_SILVER_VERSIONS": json.dumps(versions)}):
        lake.run(START, START, *from_silver)
    assert built(lake, before) == before != after
    lake.run(START, START, *from_silver)
    assert built(lake, after) == after


def test_an_order_that_a_refused_record_names_is_incomplete_whenever_it_came(lake: GoldLake) -> None:
    # Later than the source may send the order, and before it came; by any spelling that silver reads alike.
    bought, long_after = START + timedelta(days=1), START + timedelta(days=33)
    orders = {f"o{ord(blank):05}": blank for blank in BLANKS}
    names = [*orders, "Caf\u00e9", "good"]
    lake.deliver(bought, order_lines=[line(bought, name, "p", order_status="delivered") for name in names])
    spelled = [f"{blank}{name}{blank}" for name, blank in orders.items()] + ["Cafe\u0301"]
    records = [json.dumps({"order_id": name, "product_id": "p"}) for name in spelled]
    refused = [quarantined(long_after, record) for record in records[1:]]
    lake.deliver(long_after, quarantine=refused)
    lake.deliver(START, quarantine=[quarantined(START, json.dumps({"order_id": spelled[0]}))])
    for days in ([START, bought, long_after], [long_after, START, bought], [bought, long_after, START]):
        lake.empty_gold()
        for day in days:
            lake.run(day, day, *UP_TO_ORDERS)
        incomplete = {row["order_id"] for row in lake.gold("orders") if not row["is_complete"]}
        assert incomplete == {*names} - {"good"}
        wanted = expected(lake, ["orders", "order_items"])
        assert built(lake, wanted) == wanted

    # All but one come again without a fault; of one the record is taken back.
    again = [line(long_after, name, "p") for name in names[1:-1]]
    lake.deliver(long_after, order_lines=again, quarantine=refused)
    lake.run(long_after, long_after, *UP_TO_ORDERS)
    assert [row["order_id"] for row in lake.gold("orders") if not row["is_complete"]] == names[:1]
    lake.deliver(START)
    lake.run(START, START, *UP_TO_ORDERS)
    assert all(row["is_complete"] for row in lake.gold("orders"))


def test_an_order_number_that_another_customer_has_on_another_day_is_counted_and_shown(
    lake: GoldLake,
) -> None:
    first, later = START, START + timedelta(days=40)
    of_ann = [line(first, order_id, "p", customer_id="ann") for order_id in ("again", "kept")]
    of_bob = [line(later, "again", "q", customer_id="bob"), line(later, "kept", "p", customer_id="ann")]
    lake.deliver(first, order_lines=of_ann)
    lake.deliver(later, order_lines=of_bob)
    for days in ([first, later], [later, first]):
        lake.empty_gold()
        for day in days:
            lake.run(day, day, *UP_TO_ORDERS)
        # After the run of either day, and in the weekly test of all rows.
        for tests in (
            lake.failing_tests(days[1], days[1], KEEP_CUSTOMER),
            lake.failing_tests(first, later, KEEP_CUSTOMER, scope="full"),
        ):
            [row] = lake.rows(tests[KEEP_CUSTOMER])
            assert row == {"order_id": "again", "customer_id": "bob", "others": ["ann"]}


def test_a_merge_reads_the_months_that_it_may_change_and_no_other(lake: GoldLake) -> None:
    by_month = [name for name, model in lake.models.items() if _is_kept_by_month(model)]
    assert {"orders", "order_items"} < set(by_month)
    old, new = date(2026, 1, 10), date(2026, 3, 10)
    # The old keys lie on both sides of the new one, so the old files' bounds do not exclude it.
    old_lines = [line(old, f"{2 * n:04}", "p", order_status="delivered") for n in range(MANY)]
    lake.deliver(old, order_lines=old_lines)
    assert min(_rows_read(lake, old, by_month)) >= MANY
    lake.deliver(new, order_lines=[line(new, f"{MANY + 1:04}", "p", order_status="delivered")])
    assert 0 < max(_rows_read(lake, new, by_month)) < MANY


def _is_kept_by_month(model: Any) -> bool:
    return "month(" in str(model.config.get("properties"))


def _rows_read(lake: GoldLake, day: date, models: list[str]) -> list[int]:
    """Build these models for the day; how many rows of files each MERGE read, as Trino counted them."""
    statements = "select query_id from system.runtime.queries where \"user\" = 'dbt'"
    merges = f"{statements} and query like '%merge into%'"
    before = set(lake.query(merges))
    lake.run(day, day, *models)
    return [lake.rows_read(merge) for (merge,) in set(lake.query(merges)) - before]


def test_a_table_of_an_older_version_is_named_with_what_to_do(lake: GoldLake) -> None:
    table = lake.table("orders")
    lake.deliver(START, order_lines=[line(START, "o1", "p")])
    lake.query(f"alter table {table} drop column refused_partition_date")
    try:
        messages = lake.dbt("run", "--select", *UP_TO_ORDERS, first=START, last=START)
    finally:
        lake.query(f"alter table {table} add column refused_partition_date date")
    assert "is not as its contract says (refused_partition_date date): drop the table" in messages["orders"]
