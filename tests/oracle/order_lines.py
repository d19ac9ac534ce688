"""What the pipeline must make of one day's files, said a second time in plain Python.

Written from what a contract promises (parsing, order of judgement, rules of the marketplace), sharing no code
with the pipeline. It is told what stands in each file, so it has no reader that could be wrong.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

BLANKS = " \t\r\n"
MONEY = ("price", "discount", "total_amount")
REQUIRED = (
    *("customer_id", "order_id", "order_date", "product_id", *MONEY, "quantity"),
    *("payment_method", "shipping_method", "order_status"),
)
LISTS = {
    "customer_segment": "consumer corporate small_business",
    "payment_method": "credit_card debit_card paypal bank_transfer gift_card cash_on_delivery",
    "shipping_method": "standard express next_day pickup",
    "order_status": "pending processing shipped delivered cancelled returned",
}
AGREED = ("customer_id", "order_date", "payment_method", "shipping_method", "order_status")
OLDEST = timedelta(days=30)
FLOOR = date(1900, 1, 1)
Texts = Mapping[str, str]


@dataclass(frozen=True)
class Expected:
    """Where a day's records go; `rows` are those of silver by (order_id, product_id)."""

    rows: dict[tuple[str, str], dict[str, Any]]
    duplicates: int
    quarantined: int


class UnreadableError(Exception):
    """A text that says no value of its column."""


def expect(records: Iterable[Texts | None], day: date) -> Expected:
    """Judge the records of a day's files; None stands for a malformed one."""
    passed, quarantined = [], 0
    for texts in records:
        row = None if texts is None else _row(texts, day)
        passed += [row] if row else []
        quarantined += row is None
    orders: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in passed:
        orders[row["order_id"]].append(row)
    lines: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for order in orders.values():
        if any(row[name] != order[0][name] for row in order for name in AGREED):
            quarantined += len(order)
            continue
        for row in order:
            lines[row["order_id"], row["product_id"]].append(row)
    equal = {key: rows for key, rows in lines.items() if all(row == rows[0] for row in rows)}
    quarantined += sum(len(rows) for key, rows in lines.items() if key not in equal)
    return Expected(
        rows={key: rows[0] for key, rows in equal.items()},
        duplicates=sum(len(rows) - 1 for rows in equal.values()),
        quarantined=quarantined,
    )


def readable_money(texts: Sequence[str]) -> Decimal:
    """The sum of the texts that are money."""
    total = Decimal(0)
    for text in texts:
        try:
            total += money(text.strip(BLANKS))
        except UnreadableError:
            continue
    return total


def _row(texts: Texts, day: date) -> dict[str, Any] | None:
    try:
        row = {name: _value(name, text.strip(BLANKS)) for name, text in texts.items()}
    except UnreadableError:
        return None
    if any(row[name] is None for name in REQUIRED):
        return None
    gross, ordered, registered = row["price"] * row["quantity"], row["order_date"], row["registration_date"]
    holds = (
        row["price"] > 0
        and row["quantity"] > 0
        and row["total_amount"] >= 0
        and row["total_amount"] == gross - row["discount"]
        and 0 <= row["discount"] <= gross
        and (registered is None or FLOOR <= registered <= ordered.date())
        and datetime.combine(day, time()) - OLDEST <= ordered
        and ordered.date() <= day
    )
    return row if holds else None


def _value(name: str, text: str) -> Any:
    if not text:
        return None
    if name in MONEY:
        return money(text)
    if name == "quantity":
        return _integer(text)
    if name == "registration_date":
        return _day(text)
    if name == "order_date":
        return _moment(text)
    if name == "email":
        return _email(text.lower())
    if name in LISTS:
        said = text.lower().replace(" ", "_").replace("-", "_")
        return said if said in LISTS[name].split() else _fail()
    return text


def money(text: str) -> Decimal:
    """A decimal(10,2), no digit lost."""
    whole, point, cents = text[text[:1] in "+-" :].partition(".")
    if (
        not _digits(whole)
        or len(whole.lstrip("0")) > 8
        or (point and not (_digits(cents) and len(cents) < 3))
    ):
        _fail()
    return Decimal(text).quantize(Decimal("0.01"))


def _integer(text: str) -> int:
    if not _digits(text[text[:1] in "+-" :]) or not -(2**31) <= int(text) < 2**31:
        _fail()
    return int(text)


def _day(text: str) -> date:
    year, month, day = (text[:4], text[5:7], text[8:])
    if len(text) != 10 or text[4] + text[7] != "--" or not _digits(year + month + day):
        _fail()
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return _fail()


def _moment(text: str) -> datetime:
    day, rest = _day(text[:10]), text[11:]
    shift = timedelta(0)
    if rest.endswith("Z"):
        rest = rest[:-1]
    elif sign := max(rest.rfind("+"), rest.rfind("-")) + 1:
        zone, east, rest = rest[sign:].replace(":", ""), rest[sign - 1] == "+", rest[: sign - 1]
        if not _digits(zone) or len(zone) != 4:
            _fail()
        shift = timedelta(hours=int(zone[:2]), minutes=int(zone[2:])) * (1 if east else -1)
    clock, point, fraction = rest.partition(".")
    parts = clock.split(":")
    whole = all(_digits(part) and len(part) == 2 for part in parts) and len(parts) in (2, 3)
    if text[10:11] not in ("T", " ") or not whole:
        _fail()
    if point and not (_digits(fraction) and len(fraction) <= 6 and len(parts) == 3):
        _fail()
    try:
        hour, minute, second = [*map(int, parts), 0][:3]
        return datetime.combine(day, time(hour, minute, second, int(fraction.ljust(6, "0")))) - shift
    except (ValueError, OverflowError):
        return _fail()


def _email(text: str) -> str:
    name, at, host = text.partition("@")
    inside = [n for n in range(1, len(host) - 1) if host[n] == "."]
    if not name or not at or "@" in host or not inside or any(blank in text for blank in BLANKS):
        _fail()
    return text


def _digits(text: str) -> bool:
    return bool(text) and all("0" <= character <= "9" for character in text)


def _fail() -> Any:
    raise UnreadableError
