"""What the simulated shop leaves in its database, and whether its truth says the same."""

from datetime import datetime, timedelta

from shop_simulator.shop.plan.cards import check_digit
from shop_simulator.shop.plan.changes import KEYS
from tests.spark.shop.simulated_shop import SimulatedShop

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
