"""One change of one row of the shop's database, and the order in which tables can be changed."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

Row = dict[str, Any]

# The key of each table. A table stands behind those that its rows refer to.
KEYS: Mapping[str, tuple[str, ...]] = {
    "product_types": ("type_id",),
    "product_subtypes": ("subtype_id",),
    "suppliers": ("supplier_id",),
    "products": ("product_id",),
    "customers": ("customer_id",),
    "addresses": ("address_id",),
    "customer_addresses": ("customer_id", "address_id"),
    "orders": ("order_id",),
    "order_items": ("order_id", "product_id"),
    "payments": ("payment_id",),
    "refunds": ("refund_id",),
    "shipments": ("shipment_id",),
    "shipment_lines": ("shipment_id", "product_id"),
}
# They never leave the server, so no truth knows them.
CARD_COLUMNS = ("card_number", "card_expiry", "card_cvc")


class Change(NamedTuple):
    """What happens to one row at one moment.

    `op` is c (the row is whole), u (key and changed columns), d (key) or m: a customer is merged into the
    customer `into`. Values are numbers and texts that PostgreSQL reads; `updated_at` is added when written.
    """

    at: datetime
    table: str
    op: str
    row: Row


def encoded(changes: Iterable[Change]) -> str:
    """Write changes as one text, to be kept until their day."""
    lists = [(change.at.isoformat(), change.table, change.op, change.row) for change in changes]
    return json.dumps(lists, ensure_ascii=False, separators=(",", ":"))


def decoded(text: str) -> list[Change]:
    """Read what `encoded` wrote."""
    return [Change(datetime.fromisoformat(at), table, op, row) for at, table, op, row in json.loads(text)]


def id_on(moment: datetime, number: int) -> int:
    """Return the id of the n-th thing of a day: 260131000001 is the first one of 31 January 2026."""
    return int(f"{moment:%y%m%d}") * 1_000_000 + number
