"""The lives of the simulated shop's orders, decided without a database."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest

from shop_simulator.shop.plan.assortment import Assortment, Product
from shop_simulator.shop.plan.cards import card, check_digit
from shop_simulator.shop.plan.changes import KEYS, Change, decoded, encoded
from shop_simulator.shop.plan.clientele import Customer
from shop_simulator.shop.plan.order_lives import FATES, fate_of, order_life
from shop_simulator.shop.plan.ticks import tick_of, ticks
from shop_simulator.world import World

WORLD = World(seed=42, orders_per_day=40)
CUSTOMER = Customer(7, "Husum", "DE-Sachsen", (14, 15))
GOODS = Assortment([Product(number, "Books", 999 + 17 * number) for number in range(1, 41)], 12)
LIVES = 40


def lives(fate: str) -> list[list[Change]]:
    placed_at = datetime(2026, 1, 3, 21, 14, 59, 250_000)
    return [order_life(WORLD, fate, placed_at, number, CUSTOMER, GOODS) for number in range(1, LIVES + 1)]


def key(change: Change) -> tuple[object, ...]:
    return change.table, *(change.row[column] for column in KEYS[change.table])


def rows_of(life: list[Change], until: datetime = datetime.max) -> dict[str, list[dict]]:
    """The rows that a life leaves, or has left at a moment, by table."""
    rows: dict[tuple, Change] = {}
    for change in sorted((change for change in life if change.at <= until), key=lambda change: change.at):
        if change.op == "d":
            del rows[key(change)]
        else:
            before = rows[key(change)].row if change.op == "u" else {}
            rows[key(change)] = change._replace(row=before | change.row)
    left = defaultdict(list)
    for change in rows.values():
        left[change.table].append(change.row)
    return left


@pytest.mark.parametrize("fate", FATES)
def test_a_row_is_changed_at_most_once_within_a_tick(fate: str) -> None:
    for life in lives(fate):
        changes = Counter((key(change), change.op, tick_of(change.at)) for change in life)
        assert max(changes.values()) == 1


@pytest.mark.parametrize("fate", FATES)
def test_an_order_always_costs_its_lines_less_discount_with_shipping_and_tax(fate: str) -> None:
    for life in lives(fate)[:10]:
        for tick in {tick_of(change.at) for change in life}:
            rows = rows_of(life, tick)
            for order in rows["orders"]:
                lines = sum(line["quantity"] * Decimal(line["unit_price"]) for line in rows["order_items"])
                assert Decimal(order["amount"]) == (
                    lines - Decimal(order["discount"]) + Decimal(order["shipping"]) + Decimal(order["tax"])
                )


@pytest.mark.parametrize("fate", FATES)
def test_no_more_goes_back_than_was_paid(fate: str) -> None:
    for life in lives(fate):
        rows = rows_of(life)
        captured = {pay["payment_id"]: Decimal(pay["amount"]) for pay in rows["payments"]}
        for refund in rows["refunds"]:
            if refund["status"] == "succeeded":
                captured[refund["payment_id"]] -= Decimal(refund["amount"])
        assert all(left >= 0 for left in captured.values())


@pytest.mark.parametrize("fate", FATES)
def test_no_more_is_sent_than_was_ordered(fate: str) -> None:
    for life in lives(fate):
        rows = rows_of(life)
        left = Counter({line["product_id"]: line["quantity"] for line in rows["order_items"]})
        left.subtract(
            Counter(line["product_id"] for line in rows["shipment_lines"] for _ in range(line["quantity"]))
        )
        assert min(left.values(), default=0) >= 0


@pytest.mark.parametrize("fate", FATES)
def test_nothing_is_dated_after_it_is_written(fate: str) -> None:
    for life in lives(fate):
        for change in life:
            moments = [value for name, value in change.row.items() if name.endswith(("_at", "_ts")) and value]
            assert all(datetime.fromisoformat(moment) <= change.at for moment in moments)


def statuses(life: list[Change]) -> list[str]:
    return [
        change.row["status"]
        for change in sorted(life, key=lambda change: change.at)
        if change.table == "orders" and "status" in change.row
    ]


@pytest.mark.parametrize(
    ("fate", "expected"),
    [
        ("delivered", ["placed", "paid", "shipped", "delivered"]),
        ("abandoned", ["placed", "cancelled"]),
        ("cancelled", ["placed", "paid", "cancelled"]),
        ("lost", ["placed", "paid", "shipped"]),
    ],
)
def test_a_status_follows_the_other(fate: str, expected: list[str]) -> None:
    assert {tuple(statuses(life)) for life in lives(fate)} == {tuple(expected)}


def test_a_test_order_leaves_nothing() -> None:
    assert all(not any(rows_of(life).values()) for life in lives("test_order"))


def test_a_failed_refund_is_tried_again() -> None:
    for life in lives("refund_fails"):
        assert [refund["status"] for refund in rows_of(life)["refunds"]] == ["failed", "succeeded"]


def test_corrections_change_lines_and_amount_a_day_later() -> None:
    ops = set()
    for fate in ("reduced", "extended"):
        for life in lives(fate):
            placed_at = life[0].at
            corrected = [
                c for c in life if c.table == "order_items" and c.at >= placed_at + timedelta(days=1)
            ]
            amounts = [c.row["amount"] for c in life if c.table == "orders" and "amount" in c.row]
            assert len(corrected) == 1
            assert len(set(amounts)) == 2
            ops.add((fate, corrected[0].op))
    assert ops == {("reduced", "u"), ("reduced", "d"), ("extended", "u"), ("extended", "c")}


def test_four_hundred_orders_in_a_row_have_all_fates() -> None:
    for start in (-700, 0, 333):
        assert {fate_of(start + number) for number in range(400)} == FATES.keys()


@pytest.mark.parametrize("number", ["424242424242424", "37828224631000"])
def test_the_test_cards_of_payment_providers_get_their_last_digit(number: str) -> None:
    assert number + check_digit(number) in ("4242424242424242", "378282246310005")


def test_card_numbers_are_those_of_test_cards() -> None:
    cards = [card(Random(seed), 2026) for seed in range(100)]
    assert {drawn["card_brand"] for drawn in cards} == {"visa", "mastercard", "amex"}
    assert all(check_digit(drawn["card_number"][:-1]) == drawn["card_number"][-1] for drawn in cards)


def test_a_day_has_288_ticks_of_five_minutes_and_each_moment_has_one() -> None:
    instants = ticks(date(2026, 1, 3))
    assert len(instants) == 288
    assert {later - earlier for earlier, later in pairwise(instants)} == {timedelta(minutes=5)}
    assert tick_of(datetime(2026, 1, 3)) == instants[0] == datetime(2026, 1, 3, 0, 4, 59, 999999)
    assert tick_of(datetime(2026, 1, 3, 0, 5)) == instants[1]
    assert tick_of(instants[-1]) == instants[-1] == datetime(2026, 1, 3, 23, 59, 59, 999999)


def test_kept_changes_are_read_as_they_were_written() -> None:
    changes = lives("returned")[0]
    assert decoded(encoded(changes)) == changes
