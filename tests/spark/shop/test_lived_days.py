"""What the simulated shop leaves in its database, and whether its truth says the same."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from shop_simulator.shop.plan.cards import check_digit
from shop_simulator.shop.plan.changes import KEYS
from shop_simulator.world import OPENING
from tests.spark.shop.simulated_shop import SimulatedShop

DAYS = 14
LAST = OPENING + timedelta(days=DAYS - 1)
CARD_COLUMNS = {"card_number", "card_expiry", "card_cvc"}
CHANGES = {
    "product_types": "r",
    "product_subtypes": "r",
    "suppliers": "rc",
    "products": "rcu",
    "customers": "rcud",
    "addresses": "rc",
    "customer_addresses": "rcud",
    "orders": "rcud",
    "order_items": "rcud",
    "payments": "rcud",
    "refunds": "rcu",
    "shipments": "rcu",
    "shipment_lines": "rc",
}


@pytest.fixture(scope="module")
def shop(new_shop: Callable[[], SimulatedShop]) -> SimulatedShop:
    shop = new_shop()
    shop.live(DAYS)
    return shop


@pytest.fixture(scope="module")
def versions(shop: SimulatedShop) -> list[dict]:
    """All changes that the truth knows, in their order."""
    folder = shop.truth_dir / "shop"
    days = [str(OPENING + timedelta(days=number)) for number in range(DAYS)]
    files = [folder / f"{name}.versions.jsonl" for name in ("history", *days)]
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def test_the_truth_replayed_gives_the_tables(shop: SimulatedShop, versions: list[dict]) -> None:
    replayed: dict[str, dict[tuple, dict]] = {table: {} for table in KEYS}
    for version in versions:
        rows, key = replayed[version["table"]], tuple(version["key"].values())
        assert (key in rows) == (version["op"] in "ud"), version
        if version["op"] == "d":
            assert version["row"] is None
            del rows[key]
        else:
            rows[key] = version["row"]
    for table, rows in replayed.items():
        columns = list(next(iter(rows.values())))
        texts = ", ".join(f"{column}::text" for column in columns)
        held = [
            dict(zip(columns, row, strict=True)) for row in shop.rows(f"select {texts} from shop.{table}")
        ]
        assert sorted(map(str, held)) == sorted(map(str, rows.values())), table


def test_the_truth_knows_all_columns_but_those_of_cards(shop: SimulatedShop, versions: list[dict]) -> None:
    known = {version["table"]: set(version["row"]) for version in versions if version["row"]}
    columns = shop.rows(
        "select table_name, column_name from information_schema.columns where table_schema = 'shop'"
    )
    assert {(table, column) for table, columns in known.items() for column in columns} == {
        (table, column) for table, column in columns if column not in CARD_COLUMNS
    }


def test_every_kind_of_change_happens(versions: list[dict]) -> None:
    seen = {table: {version["op"] for version in versions if version["table"] == table} for table in KEYS}
    assert seen == {table: set(ops) for table, ops in CHANGES.items()}


EVENTS = {
    "orders on all channels": "select count(distinct channel) >= 3 from shop.orders",
    "all ways to pay": "select count(distinct payment_method) >= 4 from shop.orders",
    "all statuses": "select count(distinct status) = 5 from shop.orders",
    "both currencies": "select count(distinct currency) = 2 from shop.orders",
    "failed payments": "select bool_or(status = 'failed') from shop.payments",
    "authorised payments": "select bool_or(status = 'authorised') from shop.payments",
    "refunds that fail": "select bool_or(status = 'failed') from shop.refunds",
    "pending refunds": "select bool_or(status = 'pending') from shop.refunds",
    "all reasons of refunds": "select count(distinct reason) >= 6 from shop.refunds",
    "partial refunds": """
        select bool_or(refund.amount < payment.amount)
        from shop.refunds as refund join shop.payments as payment using (payment_id)
    """,
    "whole refunds": """
        select bool_or(refund.amount = payment.amount)
        from shop.refunds as refund join shop.payments as payment using (payment_id)
    """,
    "several parcels": """
        select max(n) > 1 from (select count(*) as n from shop.shipments group by order_id) as _
    """,
    "returned parcels": "select bool_or(returned_at is not null) from shop.shipments",
    "shared addresses": """
        select max(n) > 1 from (select count(*) as n from shop.customer_addresses group by address_id) as _
    """,
    "orders paid twice": """
        select max(n) > 1 from (
            select count(*) as n from shop.payments where status = 'captured' group by order_id
        ) as _
    """,
}


@pytest.mark.parametrize("event", EVENTS)
def test_it_happens(shop: SimulatedShop, event: str) -> None:
    assert shop.rows(EVENTS[event]) == [(True,)]


RULES = {
    "an order costs its lines less discount, with shipping and tax": """
        select order_id from shop.orders join shop.order_items using (order_id)
        group by order_id
        having amount <> sum(quantity * unit_price) - discount + shipping + tax
    """,
    "every order has lines": """
        select order_id from shop.orders left join shop.order_items using (order_id) where product_id is null
    """,
    "no more is sent than was ordered": """
        select order_id, product_id
        from shop.order_items as item join shop.shipment_lines as line using (order_id, product_id)
        group by order_id, product_id, item.quantity having sum(line.quantity) > item.quantity
    """,
    "a parcel holds lines of its own order": """
        select shipment_id from shop.shipment_lines as line join shop.shipments as parcel using (shipment_id)
        where line.order_id <> parcel.order_id
    """,
    "no more goes back than was paid": """
        select payment_id from shop.payments join (
            select payment_id, sum(amount) as refunded from shop.refunds
            where status <> 'failed' group by payment_id
        ) as _ using (payment_id)
        where refunded > amount or status <> 'captured'
    """,
    "what is paid is what the order cost": """
        select order_id from shop.orders join (
            select order_id, sum(amount) as paid from shop.payments
            where status = 'captured' group by order_id
        ) as _ using (order_id)
        where paid < amount and status = 'delivered'
    """,
    "an order goes to an address that some customer has": """
        select order_id from shop.orders where not exists (
            select from shop.customer_addresses as link where link.address_id = orders.address_id
        )
    """,
    "nobody orders before they sign up": """
        select order_id from shop.orders join shop.customers using (customer_id) where order_ts < signup_date
    """,
    "cards are given for cards only": """
        select payment_id from shop.payments
        where (method = 'card') <> (num_nonnulls(card_number, card_expiry, card_cvc, card_token) = 4)
    """,
}


@pytest.mark.parametrize("rule", RULES)
def test_it_always_holds(shop: SimulatedShop, rule: str) -> None:
    assert shop.rows(RULES[rule]) == []


def test_card_numbers_have_a_valid_check_digit(shop: SimulatedShop) -> None:
    numbers = [
        number for (number,) in shop.rows("select card_number from shop.payments where method = 'card'")
    ]
    assert len(numbers) > 100
    assert all(check_digit(number[:-1]) == number[-1] for number in numbers)


def test_a_row_carries_the_instant_at_which_it_was_written(versions: list[dict]) -> None:
    assert all(version["row"]["updated_at"] == version["at"] for version in versions if version["row"])
    for version in versions:
        row, at = version["row"] or {}, datetime.fromisoformat(version["at"])
        assert (at + timedelta.resolution).minute % 5 == 0
        if version["table"] == "orders" and version["op"] == "c":
            assert timedelta() <= at - datetime.fromisoformat(row["order_ts"]) < timedelta(minutes=5)


def test_lines_are_sold_at_the_price_of_the_moment(versions: list[dict]) -> None:
    prices: dict[str, list[tuple[str, str]]] = {}
    for version in versions:
        if version["table"] == "products":
            prices.setdefault(version["key"]["product_id"], []).append(
                (version["at"], version["row"]["unit_price"])
            )
    placed_at = {v["key"]["order_id"]: v["at"] for v in versions if v["table"] == "orders" and v["op"] == "c"}
    sold = [v for v in versions if v["table"] == "order_items" and v["op"] == "c"]
    at_new_prices = 0
    for line in sold:
        known = prices[line["key"]["product_id"]]
        before = [price for at, price in known if at < line["at"]]
        # Within five minutes, both the old price and the new one may be paid.
        meanwhile = [price for at, price in known if at == line["at"]]
        if placed_at[line["key"]["order_id"]] == line["at"]:
            assert line["row"]["unit_price"] in (before[-1], *meanwhile)
            at_new_prices += len(before) > 1
    assert at_new_prices


def figures(shop: SimulatedShop, number: int) -> dict:
    path = shop.truth_dir / "shop" / f"{OPENING + timedelta(days=number)}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_figures_count_the_changes_of_each_day(shop: SimulatedShop, versions: list[dict]) -> None:
    for number in range(DAYS):
        day = str(OPENING + timedelta(days=number))
        counts = Counter(
            (v["table"], v["op"]) for v in versions if v["op"] != "r" and v["at"].startswith(day)
        )
        counted = figures(shop, number)
        assert counted["date"] == day
        assert {
            (table, op): n for table, ops in counted["changes"].items() for op, n in ops.items()
        } == counts


MEASURES = {
    "orders": "select {by}, count(*) from shop.orders where order_ts::date = '{day}' group by 1",
    "amount_cents": """
        select {by}, sum(amount * 100)::int from shop.orders where order_ts::date = '{day}' group by 1
    """,
    "lines": """
        select {by}, count(*) from shop.orders join shop.order_items using (order_id)
        where order_ts::date = '{day}' group by 1
    """,
    "revenue_cents": """
        select {by}, sum(quantity * unit_price * 100)::int
        from shop.orders join shop.order_items using (order_id)
        where order_ts::date = '{day}' group by 1
    """,
    "refunds": """
        select {by}, count(*) from shop.refunds join shop.orders using (order_id, currency)
        where succeeded_at::date = '{day}' group by 1
    """,
    "refunded_cents": """
        select {by}, sum(refunds.amount * 100)::int
        from shop.refunds join shop.orders using (order_id, currency)
        where succeeded_at::date = '{day}' group by 1
    """,
}


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("by", ["channel", "currency"])
def test_figures_of_the_last_day_are_those_of_its_tables(shop: SimulatedShop, measure: str, by: str) -> None:
    """No order is corrected or deleted on its own day, so the tables still hold the last day as it was."""
    held = dict(shop.rows(MEASURES[measure].format(by=by, day=LAST)))
    counted = figures(shop, DAYS - 1)
    assert held
    assert {name: counts[measure] for name, counts in counted[f"by_{by}"].items() if counts[measure]} == held
    assert counted[measure] == sum(held.values())


def test_figures_by_status_are_those_of_all_orders_at_the_end_of_the_day(shop: SimulatedShop) -> None:
    held = shop.rows("select status, count(*), sum(amount * 100)::int from shop.orders group by 1 order by 1")
    assert figures(shop, DAYS - 1)["by_status"] == {
        status: {"orders": orders, "amount_cents": cents} for status, orders, cents in held
    }
