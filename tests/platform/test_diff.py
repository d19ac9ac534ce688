"""`shopflow diff` after a redelivery: exactly its rows and cents, worked out from the files alone."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from trino import dbapi

from local_stack import table_diff
from local_stack.dagster_api import Webserver
from local_stack.recorded_run import newest_run
from local_stack.run_changes import changes
from local_stack.settings import HOST
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack
from tests.platform.redelivery import Redelivery, redeliver

DAY, NEXT, LATER = date(2026, 7, 11), date(2026, 7, 12), date(2026, 7, 13)
LONG_BEFORE = date(2026, 6, 15)
DAYS = (f"{DAY}", f"{NEXT}")
LENIENT = ("--max-quarantined-share", "0.5")
SILVER, ITEMS, ORDERS = "silver.ecommerce.order_lines", "gold.ecommerce.order_items", "gold.ecommerce.orders"
Tables = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def lakehouse(stack: Stack) -> Lakehouse:
    """Two simulated days in all layers, and one whose months they do not touch."""
    made = Lakehouse(stack)
    made.empty()
    made.simulate(LONG_BEFORE, LONG_BEFORE, "120")
    made.backfill(LONG_BEFORE, LONG_BEFORE, *LENIENT)
    made.simulate(DAY, NEXT, "120")
    made.backfill(DAY, NEXT, *LENIENT)
    return made


@pytest.fixture(scope="module")
def redelivery(lakehouse: Lakehouse) -> Redelivery:
    """One price changed and one line removed on the first day, and both days carried again."""
    made = redeliver(lakehouse, DAY, NEXT)
    lakehouse.backfill(DAY, NEXT, *LENIENT)
    return made


@pytest.fixture(scope="module")
def shown(lakehouse: Lakehouse, redelivery: Redelivery) -> Tables:
    """What `shopflow diff` says of it, by table."""
    return diff(lakehouse)


def diff(lakehouse: Lakehouse) -> Tables:
    """The tables of `shopflow diff --format json`."""
    answer = json.loads(lakehouse.stack.shopflow("diff", *DAYS, "--format", "json"))
    return {table["table"]: table for table in answer["tables"]}


def counts(table: dict[str, Any]) -> tuple[int, ...]:
    """Rows before and after, added, removed, changed."""
    return tuple(table[name] for name in ("rows_before", "rows_after", "added", "removed", "changed"))


def money(before: Decimal, difference: Decimal) -> dict[str, str]:
    """An amount as the command writes it."""
    return {"before": f"{before}", "after": f"{before + difference}", "difference": f"{difference}"}


def test_silver_shows_the_changed_and_the_removed_line_and_their_cents(
    shown: Tables, redelivery: Redelivery
) -> None:
    rows = redelivery.silver_rows
    assert counts(shown[SILVER]) == (rows, rows - 1, 0, 1, 1)
    assert shown[SILVER]["amounts"] == {
        "total_amount": money(redelivery.silver_amount, redelivery.difference)
    }


def test_a_table_compared_part_by_part_shows_the_same(
    lakehouse: Lakehouse, shown: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_diff, "ROWS_AT_ONCE", shown[SILVER]["rows_before"] // 4)
    home = lakehouse.stack.home
    run = newest_run(Webserver(home.settings()), DAY, NEXT)
    for change in changes(home, run, DAY, NEXT):
        in_parts = table_diff.as_json(change.diff) if change.diff else {}
        table = shown[change.table]
        assert table | in_parts == table


def test_rows_without_a_key_are_counted_part_by_part_too(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_diff, "ROWS_AT_ONCE", 1)
    old = "(values ('a', 1.10), ('a', 1.10), ('b', 2.20), ('c', null)) as t (name, amount)"
    new = "(values ('a', 1.10), ('b', 2.30), ('c', null), ('d', 3.00)) as t (name, amount)"
    amounts = {"amount": (Decimal("4.40"), Decimal("6.40"))}
    found = table_diff.compare(stack.home, old, new, "true", key=(), money=["amount"], ignored=())
    assert found == table_diff.TableDiff("true", 4, 4, added=2, removed=2, changed=0, amounts=amounts)


def test_quarantine_is_as_it_was_though_its_file_has_another_name(shown: Tables) -> None:
    quarantine = shown["silver.quality.quarantine (ecommerce.order_lines)"]
    assert quarantine["rows_before"] > 0
    assert not quarantine["is_changed"]


def test_gold_by_months_is_compared_in_those_that_the_run_wrote_to(shown: Tables) -> None:
    july = "(order_date >= date '2026-07-01' and order_date < date '2026-08-01')"
    assert shown[ITEMS]["where"] == shown[ORDERS]["where"] == july
    assert shown["gold.ecommerce.customer_analytics"]["where"] == "true"


def test_gold_shows_the_line_removed_and_the_line_changed(shown: Tables, redelivery: Redelivery) -> None:
    rows, amounts = redelivery.gold_rows, shown[ITEMS]["amounts"]
    assert counts(shown[ITEMS]) == (rows, rows - 1, 0, 1, 1)
    assert amounts["total_amount"] == money(redelivery.gold_amount, redelivery.difference)
    price = 1 - Decimal(redelivery.removed["price"])
    assert Decimal(amounts["price"]["difference"]) == price


def test_gold_shows_two_orders_changed_and_the_cents_of_their_days(
    shown: Tables, redelivery: Redelivery
) -> None:
    assert counts(shown[ORDERS])[2:] == (0, 0, 2)
    assert shown[ORDERS]["amounts"]["total_amount"] == money(redelivery.gold_amount, redelivery.difference)
    daily, both = shown["gold.ecommerce.int_order_analytics_daily"], (redelivery.repriced, redelivery.removed)
    by = ("payment_method", "shipping_method", "order_status")
    touched = {(line["order_date"][:10], *(line[name] for name in by)) for line in both}
    assert counts(daily)[2:] == (0, 0, len(touched))
    assert daily["amounts"]["order_value"] == money(redelivery.gold_amount, redelivery.difference)


def test_a_table_that_is_rebuilt_as_a_whole_is_compared_by_key_too(
    shown: Tables, redelivery: Redelivery
) -> None:
    customers = shown["gold.ecommerce.customer_analytics"]
    assert counts(customers)[2:4] == (0, 0)
    assert customers["changed"] >= len(
        {redelivery.repriced["customer_id"], redelivery.removed["customer_id"]}
    )
    assert Decimal(customers["amounts"]["lifetime_value"]["difference"]) == redelivery.difference


def test_views_are_left_out(shown: Tables) -> None:
    assert "gold.ecommerce.business_metrics" not in shown


def test_the_table_for_people_says_the_same(lakehouse: Lakehouse, redelivery: Redelivery) -> None:
    text = lakehouse.stack.shopflow("diff", *DAYS)
    [line] = [line for line in text.splitlines() if line.split()[:1] == [SILVER]]
    assert f"{redelivery.difference:+,}" in line


def test_days_that_no_run_carried_are_refused_with_what_to_do(lakehouse: Lakehouse) -> None:
    done = lakehouse.stack.attempt("diff", f"{LATER}", f"{LATER}")
    assert done.returncode == 1
    assert f"shopflow backfill {LATER} {LATER}" in done.stderr


def test_days_that_runs_carried_in_parts_name_these_runs(lakehouse: Lakehouse) -> None:
    done = lakehouse.stack.attempt("diff", f"{DAY}", f"{LATER}")
    assert done.returncode == 1
    assert f"shopflow diff {DAY} {NEXT}" in done.stderr


def test_a_table_whose_snapshots_have_expired_is_named(lakehouse: Lakehouse) -> None:
    settings, session = lakehouse.stack.settings, {"gold.expire_snapshots_min_retention": "0s"}
    with dbapi.connect(
        host=HOST, port=settings.trino_port, user="test", session_properties=session
    ) as connection:
        expire = f"alter table {ITEMS} execute expire_snapshots(retention_threshold => '0s')"
        connection.cursor().execute(expire).fetchall()
    done = lakehouse.stack.attempt("diff", *DAYS)
    assert done.returncode == 1
    assert f"{ITEMS}: its snapshots of that time have expired" in done.stderr
    assert "Nothing changed" not in done.stdout


def test_a_repeated_backfill_of_unchanged_days_changed_nothing(
    lakehouse: Lakehouse, redelivery: Redelivery
) -> None:
    lakehouse.backfill(DAY, NEXT, *LENIENT)
    assert "Nothing changed" in lakehouse.stack.shopflow("diff", *DAYS)
    tables = diff(lakehouse)
    assert {SILVER, ITEMS, ORDERS} <= tables.keys()
    assert not [name for name, table in tables.items() if table["is_changed"]]
    written = {name for name, table in tables.items() if name.startswith("gold") and "where" in table}
    assert written == {"gold.ecommerce.customer_analytics", "gold.ecommerce.customer_retention"}
