"""Rows of the shop's tables with random values."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from tests.gold.shop import rows
from tests.harness.gold_silver import Row

AMOUNTS = [Decimal(1), Decimal("4.50"), Decimal(10), Decimal(99)]


def drawn_row(chance: random.Random, table: str, size: int, now: datetime) -> Row:
    """A row of a table as it might be now. There are `size` keys, and few values: a change may be none."""
    pick, key, other = chance.choice, chance.randrange(size), chance.randrange(size)
    name, amount, hour = pick(["Old", "New", "New"]), pick(AMOUNTS), now - timedelta(hours=1)
    draw: dict[str, Callable[[], Row]] = {
        "customers": lambda: rows.customer(key, name=name, city=pick(["Rome", "Oslo", None])),
        "products": lambda: rows.product(
            key, name=name, unit_price=amount, supplier_id=other % 4, subtype_id=other % 3
        ),
        "addresses": lambda: rows.address(key, street=name, city=pick(["Rome", "Oslo"])),
        "customer_addresses": lambda: {"customer_id": key, "address_id": other, "label": "home"},
        "suppliers": lambda: rows.supplier(key % 4, name=name),
        "product_types": lambda: {"type_id": key % 2, "name": name},
        "product_subtypes": lambda: {"subtype_id": key % 3, "type_id": other % 2, "name": name},
        "payments": lambda: rows.payment(
            key, other, paid_at=pick([None, hour]), status=pick(["captured", "failed"])
        ),
        "refunds": lambda: rows.refund(
            key, other, amount, status=pick(["succeeded", "succeeded", "pending"])
        ),
        "shipments": lambda: rows.shipment(key, other, hour, delivered_at=pick([None, now])),
        "shipment_lines": lambda: {"shipment_id": key, "order_id": other, "product_id": other, "quantity": 1},
    }
    return draw[table]()
