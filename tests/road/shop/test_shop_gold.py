"""Gold of the shop is what the simulator says that it did: versions, keys and money."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.harness.lakehouse import Lakehouse
from tests.road.shop.analyses import statements
from tests.road.shop.truth import Stretch, Truth, cents

CUSTOMER = ("name", "email", "city", "region", "signup_date")
PRODUCT = ("name", "category", "unit_price", "supplier_id")


@pytest.fixture(scope="module")
def truth(road: Lakehouse) -> Truth:
    return Truth(road.stack.home.path / "truth" / "shop")


def _at(stretches: list[Stretch], time: datetime) -> Stretch:
    return next(stretch for stretch in stretches if stretch.holds(time))


@pytest.mark.parametrize(
    ("dimension", "table", "key", "columns"),
    [
        ("dim_customer", "customers", "customer_id", CUSTOMER),
        ("dim_product", "products", "product_id", PRODUCT),
    ],
)
def test_a_dimension_has_every_version_with_its_exact_validity(
    road: Lakehouse, truth: Truth, dimension: str, table: str, key: str, columns: tuple[str, ...]
) -> None:
    shown = road.sql(
        f"select {key}, {', '.join(columns)}, valid_from, valid_to, is_current from gold.shop.{dimension}"
        f" where {key} is not null"
    )
    expected = Counter(
        (of_key, *stretch.values, stretch.since, stretch.until, stretch.until is None)
        for of_key, stretches in truth.histories(table, columns).items()
        for stretch in stretches
    )
    times = ("valid_from", "valid_to", "is_current")
    assert expected == Counter(
        (
            str(row[key]),
            *(None if row[name] is None else str(row[name]) for name in columns),
            *(row[name] for name in times),
        )
        for row in shown
    )
    assert len(expected) > len(truth.histories(table, columns)), "no key has two versions"


def test_an_order_line_has_the_versions_that_were_valid_at_its_time(road: Lakehouse, truth: Truth) -> None:
    customers = truth.histories("customers", CUSTOMER)
    products = truth.histories("products", PRODUCT)
    orders = truth.rows("orders", "order_id")
    expected = Counter()
    for (order_id, product_id), item in truth.rows("order_items", "order_id", "product_id").items():
        order = orders[(order_id,)]
        time = datetime.fromisoformat(str(order["order_ts"]))
        customer, product = _at(customers[order["customer_id"]], time), _at(products[product_id], time)
        price, quantity = cents(item["unit_price"]), int(str(item["quantity"]))
        line = (int(str(order_id)), int(str(product_id)), quantity, price, quantity * price)
        expected[(*line, customer.values[2], customer.since, product.values[1], product.since)] += 1
    rows = road.sql(
        """
        select sale.order_id, sale.product_id, quantity, sale.unit_price, line_revenue,
            customer.city, customer.valid_from, product.category, product.valid_from as product_valid_from
        from gold.shop.fact_sales as sale
        inner join gold.shop.dim_customer as customer on sale.customer_key = customer.customer_key
        inner join gold.shop.dim_product as product on sale.product_key = product.product_key
        """
    )
    assert Counter(tuple(row.values()) for row in rows) == expected


def test_an_order_has_the_money_and_the_state_that_the_shop_has(road: Lakehouse, truth: Truth) -> None:
    refunded: Counter[str] = Counter()
    for refund in truth.rows("refunds", "refund_id").values():
        if refund["status"] == "succeeded":
            refunded[str(refund["order_id"])] += cents(refund["amount"])  # ty: ignore[invalid-assignment]
    lines = Counter(order_id for order_id, _ in truth.rows("order_items", "order_id", "product_id"))
    expected = {
        int(str(order_id)): (
            order["status"],
            cents(order["amount"]),
            order["channel"],
            order["payment_method"],
            lines[order_id],
            Decimal(refunded[str(order_id)]),
        )
        for (order_id,), order in truth.rows("orders", "order_id").items()
    }
    rows = road.sql(
        """
        select fact.order_id, status.status, amount, store_name, payment_method, line_count, refunded_amount
        from gold.shop.fact_orders as fact
        inner join gold.shop.dim_status as status on fact.status_key = status.status_key
        inner join gold.shop.dim_store as store on fact.store_key = store.store_key
        inner join gold.shop.dim_payment as payment on fact.payment_key = payment.payment_key
        """
    )
    assert {row.pop("order_id"): tuple(row.values()) for row in rows} == expected
    assert any(refunded.values())


Group = Callable[[dict[str, Any], Stretch, Stretch], Any]


@pytest.mark.parametrize(
    ("analysis", "column", "group"),
    [
        ("revenue_by_day", "order_date", lambda order, customer, product: order["order_ts"][:10]),
        ("revenue_by_channel", "channel", lambda order, customer, product: order["channel"]),
        ("revenue_by_city", "city", lambda order, customer, product: customer.values[2]),
        ("revenue_by_category", "category", lambda order, customer, product: product.values[1]),
    ],
)
def test_revenue_is_that_of_the_truth(
    road: Lakehouse, truth: Truth, analysis: str, column: str, group: Group
) -> None:
    customers = truth.histories("customers", CUSTOMER)
    products = truth.histories("products", PRODUCT)
    orders = truth.rows("orders", "order_id")
    expected: dict[Any, Decimal] = {}
    for (order_id, product_id), item in truth.rows("order_items", "order_id", "product_id").items():
        order = orders[(order_id,)]
        if order["status"] == "cancelled":
            continue
        time = datetime.fromisoformat(str(order["order_ts"]))
        customer, product = _at(customers[order["customer_id"]], time), _at(products[product_id], time)
        place = group(order, customer, product)
        revenue = cents(item["unit_price"]) * int(str(item["quantity"]))
        expected[place] = expected.get(place, Decimal(0)) + revenue
    shown: dict[Any, Decimal] = {}
    for row in road.sql(statements(road.stack.home)[analysis]):
        place = None if row[column] is None else str(row[column])
        shown[place] = shown.get(place, Decimal(0)) + row["revenue"]
    assert shown == expected


def test_nothing_waits_for_a_dimension(road: Lakehouse) -> None:
    assert road.sql("select * from gold.shop.reprocessing_queue") == []
