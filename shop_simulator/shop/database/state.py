"""Reads from the shop's database what a day finds there."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from shop_simulator.shop.plan.assortment import Assortment, Product
from shop_simulator.shop.plan.clientele import Customer

if TYPE_CHECKING:
    from psycopg import Connection

# A number may be that of a customer who was merged into another one: then it means the next lower one.
_CUSTOMERS = """
    select number, customer_id, city, region, addresses
    from unnest(%s::bigint[]) as drawn (number)
    cross join lateral (
        select customer_id, city, region from shop.customers
        where customer_id <= number order by customer_id desc limit 1
    ) as customer
    cross join lateral (
        select array_agg(address_id order by label <> 'home', updated_at desc, address_id) as addresses
        from shop.customer_addresses as link where link.customer_id = customer.customer_id
    ) as links
"""
_BY_STATUS = """
    select status, count(*), (sum(amount) * 100)::bigint from shop.orders group by status order by status
"""
_CHANNELS = "select order_id, channel from shop.orders where order_id = any(%s)"
_PRODUCTS = "select product_id, category, (unit_price * 100)::bigint from shop.products order by product_id"


def customers_at(connection: "Connection", numbers: Iterable[int]) -> dict[int, Customer]:
    """Return the living customer for each number."""
    rows = connection.execute(_CUSTOMERS, [sorted(numbers)])
    return {number: Customer(*customer, tuple(addresses)) for number, *customer, addresses in rows}


def newest_customer(connection: "Connection") -> int:
    """Return the highest number of a customer."""
    return _number(connection, "select max(customer_id) from shop.customers")


def assortment(connection: "Connection") -> Assortment:
    """Return the products and their prices."""
    products = [Product(*row) for row in connection.execute(_PRODUCTS)]
    return Assortment(products, _number(connection, "select max(supplier_id) from shop.suppliers"))


def orders_by_status(connection: "Connection") -> dict[str, dict[str, int]]:
    """Return number and cents of all orders that exist."""
    rows = connection.execute(_BY_STATUS)
    return {status: {"orders": orders, "amount_cents": cents} for status, orders, cents in rows}


def channels(connection: "Connection", order_ids: list[int]) -> dict[int, str]:
    """Return the channel of each order."""
    return dict(connection.execute(_CHANNELS, [order_ids]).fetchall())


def _number(connection: "Connection", question: str) -> int:
    row = connection.execute(question.encode()).fetchone()
    return row[0] if row else 0
