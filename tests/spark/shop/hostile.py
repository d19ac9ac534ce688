"""Lines of a database without constraints, each with the reasons for refusing it or the values it is read as.

A user's database may hold all of it; the shop's own cannot.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from spark_jobs.contracts.contract import SilverContract
from spark_jobs.contracts.shop.customers import Customers
from spark_jobs.contracts.shop.order_items import OrderItems
from spark_jobs.contracts.shop.orders import Orders

WIDE = "wide " * 2_400 + "text"
NOT_AMOUNT = "amount: not a decimal(12,2): "
TIMESTAMP = "not a timestamp, YYYY-MM-DD HH:MM[:SS[.ffffff]][Z or ±HH[:MM]]: "
STATUSES = "placed, paid, shipped, delivered, cancelled"
TOO_SMALL = "amount at least shipping + tax"

ABOUT = {"_op": "u", "_at": "2026-12-01 10:00:00", "_xid": "741", "_old_key": None, "_unchanged": None}
GOOD: Mapping[type[SilverContract], dict[str, str | None]] = {
    Orders: {
        **{"order_id": "1", "customer_id": "2", "order_ts": "2026-12-01 09:59:59.5", "status": "paid"},
        **{"amount": "25.00", "channel": "web", "address_id": "3", "payment_method": "card"},
        **{"discount": "0.00", "shipping": "4.90", "tax": "0.10", "currency": "EUR"},
        "updated_at": "2026-12-01 10:00:00",
    },
    OrderItems: {
        **{"order_id": "1", "product_id": "5", "quantity": "2", "unit_price": "10.00"},
        "updated_at": "2026-12-01 10:00:00",
    },
    Customers: {
        **{"customer_id": "2", "name": "Ada Lovelace", "email": "ada@example.com", "city": "London"},
        **{"region": None, "signup_date": "2026-12-01", "updated_at": "2026-12-01 10:00:00"},
    },
}


# What an order must have beside its key.
ROW = [name for name in GOOD[Orders] if name not in ("order_id", "updated_at")]


@dataclass(frozen=True)
class Hostile:
    """A change of a good line. It is refused for `reasons`, or has `values` in silver if there are none."""

    contract: type[SilverContract]
    change: dict[str, str | None]
    reasons: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    has_row: bool = True

    def line(self, number: int) -> dict[str, str | None]:
        """The line; its position tells it from the others."""
        about: dict[str, str | None] = {"_pos": f"0001/{number:016X}/0000000001", **ABOUT}
        return about | (GOOD[self.contract] if self.has_row else {}) | self.change


def _refused(contract: type[SilverContract], column: str, text: str | None, *reasons: str) -> Hostile:
    return Hostile(contract, {column: text}, reasons)


def _read(contract: type[SilverContract], column: str, text: str | None, value: Any) -> Hostile:
    return Hostile(contract, {column: text}, values={column: value})


def _bare(change: dict[str, str | None], *reasons: str) -> Hostile:
    """A line that has no column of the table but these."""
    return Hostile(Orders, change, reasons, has_row=False)


HOSTILE = {
    "a good order": Hostile(Orders, {}, values={"order_ts": datetime(2026, 12, 1, 9, 59, 59, 500000)}),
    "status unknown": _refused(Orders, "status", "lost", f"status: not one of {STATUSES}: 'lost'"),
    "status in capitals": _refused(Orders, "status", "Paid", f"status: not one of {STATUSES}: 'Paid'"),
    "no status": _refused(Orders, "status", None, "status: required"),
    "negative money": _refused(Orders, "amount", "-0.01", "amount: must be >= 0: -0.01", TOO_SMALL),
    "negative tax": _refused(Orders, "tax", "-3", "tax: must be >= 0: -3"),
    "amount below shipping": _refused(Orders, "amount", "4.99", TOO_SMALL),
    "amount of shipping and tax": _read(Orders, "amount", "5.00", Decimal("5.00")),
    "NaN": _refused(Orders, "amount", "NaN", f"{NOT_AMOUNT}'NaN'"),
    "infinite money": _refused(Orders, "amount", "Infinity", f"{NOT_AMOUNT}'Infinity'"),
    "less than infinite money": _refused(Orders, "tax", "-Infinity", "tax: not a decimal(12,2): '-Infinity'"),
    "money in tenths of a cent": _refused(Orders, "amount", "25.001", f"{NOT_AMOUNT}'25.001'"),
    "too much money": _refused(Orders, "amount", "10000000000.00", f"{NOT_AMOUNT}'10000000000.00'"),
    "most money": _read(Orders, "amount", "9999999999.99", Decimal("9999999999.99")),
    "money without cents": _read(Orders, "amount", "25", Decimal(25)),
    "money with an exponent": _refused(Orders, "amount", "1e1", f"{NOT_AMOUNT}'1e1'"),
    "an order from the future": _refused(
        Orders, "order_ts", "2026-12-01 10:01:00.000001", "order_ts not after _at + 1 min"
    ),
    "an order by another clock": _read(
        Orders, "order_ts", "2026-12-01 10:01:00", datetime(2026, 12, 1, 10, 1)
    ),
    **{
        f"order_ts {text}": _refused(Orders, "order_ts", text, f"order_ts: {TIMESTAMP}'{text}'")
        for text in ("infinity", "-infinity", "294276-12-31 23:59:59.999999", "10000-01-01 00:00:00")
    },
    "order_ts BC": _refused(
        Orders, "order_ts", "0044-03-15 00:00:00 BC", f"order_ts: {TIMESTAMP}'0044-03-15 00:00:00 BC'"
    ),
    "year 1": _refused(
        Orders, "order_ts", "0001-01-01 00:00:00", "order_ts: must be >= 1900-01-01: 0001-01-01 00:00:00"
    ),
    "changed at infinity": _refused(Orders, "_at", "infinity", f"_at: {TIMESTAMP}'infinity'"),
    "updated at infinity": _refused(Orders, "updated_at", "infinity", f"updated_at: {TIMESTAMP}'infinity'"),
    "updated nobody knows when": _read(Orders, "updated_at", None, None),
    "updated in year 1": _refused(
        Orders, "updated_at", "0001-01-01 00:00:00", "updated_at: must be >= 1900-01-01: 0001-01-01 00:00:00"
    ),
    "id with zeros": _read(Orders, "customer_id", "00123", 123),
    "largest id": _read(Orders, "customer_id", "9223372036854775807", 2**63 - 1),
    "id too large": _refused(
        Orders, "customer_id", "9223372036854775808", "customer_id: not an integer: '9223372036854775808'"
    ),
    "currency in small letters": _refused(
        Orders, "currency", "eur", "currency: not a currency of three capital letters: 'eur'"
    ),
    "unknown operation": _refused(Orders, "_op", "x", "_op: not one of r, c, u, d, t: 'x'"),
    "no operation": Hostile(Orders, {"_op": None, "status": None}, ("_op: required",)),
    "position in small letters": _refused(
        Orders,
        "_pos",
        "0001/00000000000000ff/0000000001",
        "_pos: not a position, epoch/position/ordinal: '0001/00000000000000ff/0000000001'",
    ),
    "unchanged, but not sent": Hostile(
        Orders, {"status": None, "amount": None, "_unchanged": "status"}, ("amount: required",)
    ),
    "everything unchanged": Hostile(
        Orders,
        {**dict.fromkeys(ROW), "_unchanged": ",".join(ROW)},
        values={"order_id": 1, "amount": None},
    ),
    "key unchanged": Hostile(Orders, {"order_id": None, "_unchanged": "order_id"}, ("order_id: required",)),
    "a delete": Hostile(
        Orders,
        {"_op": "d", "order_id": "9", "_old_key": '{"order_id": "8"}'},
        has_row=False,
        values={"order_id": 9, "_old_key": '{"order_id": "8"}', "status": None},
    ),
    "a delete of nothing": _bare({"_op": "d"}, "order_id: required"),
    "a truncate": Hostile(Orders, {"_op": "t"}, has_row=False, values={"order_id": None, "_op": "t"}),
    "an empty insert": _bare({"_op": "c", "order_id": "7"}, *(f"{name}: required" for name in ROW)),
    "quantity 0": _refused(OrderItems, "quantity", "0", "quantity: must be > 0: 0"),
    "quantity negative": _refused(OrderItems, "quantity", "-1", "quantity: must be > 0: -1"),
    "quantity too large": _refused(
        OrderItems, "quantity", "2147483648", "quantity: not an integer: '2147483648'"
    ),
    "price negative": _refused(OrderItems, "unit_price", "-0.01", "unit_price: must be >= 0: -0.01"),
    "price 0": _read(OrderItems, "unit_price", "0.00", Decimal("0.00")),
    "e-mail without @": _refused(
        Customers, "email", "ada.example.com", "email: not an e-mail address: 'ada.example.com'"
    ),
    "e-mail in capitals": _read(Customers, "email", " Ada@Example.COM", "ada@example.com"),
    "no e-mail": _read(Customers, "email", None, None),
    "name of blanks": _refused(Customers, "name", "\u200b \u3000", "name: required"),
    "name in invisible characters": _read(Customers, "name", "\ufeff\u202eAda\u200b!\u2060", "Ada\u200b!"),
    "like NUL": _read(Customers, "name", "\u2400 \\0 \\x00 \x01\x7f", "\u2400 \\0 \\x00 \x01\x7f"),
    "decomposed": _read(Customers, "name", "Zoe\u0308", "Zo\u00eb"),
    "a name that is none": _refused(Customers, "name", "N/A", "name: a placeholder, not a value: 'N/A'"),
    "12 kB": Hostile(Customers, {"name": WIDE, "city": WIDE}, values={"name": WIDE, "city": WIDE}),
    "12 kB unchanged": Hostile(
        Customers,
        {"name": None, "city": None, "_unchanged": "name,city"},
        values={"name": None, "city": None},
    ),
    "12 kB refused": _refused(Customers, "email", WIDE, f"email: not an e-mail address: '{WIDE[:80]}'"),
    "12 kB missing": Hostile(Customers, {"name": None, "_unchanged": "city"}, ("name: required",)),
    "a day of year 1": _refused(
        Customers, "signup_date", "0001-01-01", "signup_date: must be >= 1900-01-01: 0001-01-01"
    ),
    **{
        f"signup_date {text}": _refused(
            Customers, "signup_date", text, f"signup_date: not a date, YYYY-MM-DD: '{text}'"
        )
        for text in ("infinity", "-infinity", "294276-12-31", "0044-03-15 BC", "2026-02-30")
    },
    "a day that has begun in the east": _read(Customers, "signup_date", "2026-12-02", date(2026, 12, 2)),
    "a day from the future": _refused(
        Customers, "signup_date", "2026-12-03", "signup_date not after date(_at + 14 h)"
    ),
}
