"""A judge of its own for simulated files, which reads them with csv, json and Decimal.

It shares no code with the simulator or the pipeline: it is the contract of the order lines, written a third
time, so that a planted defect that breaks no rule, or a good line that breaks one, shows.
"""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from shop_simulator.world import CLOSED_LISTS, FIELDS, OPENING

REQUIRED = set(FIELDS[10:13]) | set(FIELDS[17:]) | {"customer_id"}
DECIMAL = re.compile(r"-?\d{1,8}(\.\d{1,2})?")
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?")
EMAIL = re.compile(r"[^@]+@[^@]+\.[^@]+")
AGREE = ("customer_id", "order_date", "payment_method", "shipping_method", "order_status")


@dataclass
class Judged:
    """A record as read, and what is wrong with it."""

    file: str
    values: dict[str, object] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)


def records(files: dict[str, bytes]) -> Iterator[Judged]:
    rows = csv.reader(io.StringIO(files["orders.csv"].decode(), newline=""), strict=True)
    header = next(rows)
    for row in rows:
        if row:
            fits = len(row) == len(header)
            yield judged("orders.csv", dict(zip(header, row, strict=True)) if fits else None)
    for line in files["orders.jsonl"].decode().split("\n"):
        if line.strip():
            try:
                found = json.loads(line, parse_float=str, parse_int=str)
            except json.JSONDecodeError:
                found = None
            yield judged("orders.jsonl", found if found and set(found) <= set(FIELDS) else None)


def judged(file: str, texts: dict[str, str | None] | None) -> Judged:
    record = Judged(file)
    if texts is None:
        record.reasons.append("malformed record: ")
        return record
    for name in FIELDS:
        text = (texts.get(name) or "").strip(" ")
        record.values[name] = parsed(record, name, text) if text else None
        if not text and name in REQUIRED:
            record.reasons.append(f"{name}: required")
    return record


def parsed(record: Judged, name: str, text: str) -> object:
    value: object = text
    problem = ""
    if name in ("price", "discount", "total_amount"):
        value = Decimal(text) if DECIMAL.fullmatch(text) else None
        problem = "not a decimal(10,2): '"
    elif name == "quantity":
        value = int(text) if re.fullmatch(r"-?\d{1,9}", text) else None
        problem = "not an integer: '"
    elif name in CLOSED_LISTS:
        plain = text.lower().replace(" ", "_").replace("-", "_")
        value = plain if plain in CLOSED_LISTS[name] else None
        problem = "not one of "
    elif name == "order_date":
        value = moment(text)
        problem = "not a timestamp: '"
    elif name == "registration_date":
        value = day(text)
        problem = "not a date: '"
    elif name == "email":
        value = text.lower() if EMAIL.fullmatch(text) else None
        problem = "not an e-mail address: '"
    if value is None:
        record.reasons.append(f"{name}: {problem}")
    return value


def moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if TIME.fullmatch(text) else None
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC) if found else None


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def judge_row(record: Judged, partition: date) -> None:
    v, wrong = record.values, record.reasons
    price, quantity, discount, total = (v.get(n) for n in ("price", "quantity", "discount", "total_amount"))
    ordered, registered = v.get("order_date"), v.get("registration_date")
    if isinstance(price, Decimal) and price <= 0:
        wrong.append("price: must be > 0: ")
    if isinstance(quantity, int) and quantity <= 0:
        wrong.append("quantity: must be > 0: ")
    if isinstance(total, Decimal) and total < 0:
        wrong.append("total_amount: must be >= 0: ")
    if isinstance(price, Decimal) and isinstance(quantity, int) and isinstance(discount, Decimal):
        if not 0 <= discount <= price * quantity:
            wrong.append("discount between 0 and price * quantity")
        if isinstance(total, Decimal) and total != price * quantity - discount:
            wrong.append("total_amount = price * quantity - discount")
    if isinstance(ordered, datetime):
        if isinstance(registered, date) and registered > ordered.date():
            wrong.append("registration_date not after order_date")
        if ordered.date() > partition:
            wrong.append("order_date not after partition_date")
        if partition > OPENING and ordered.date() < partition - timedelta(days=30):
            wrong.append("order_date at most max_order_age_days before partition_date")


def judge_day(files: dict[str, bytes], partition: date) -> tuple[list[Judged], list[Judged], list[Judged]]:
    """Return the good, the duplicate and the bad records."""
    found = list(records(files))
    by_order, by_key = defaultdict(list), defaultdict(list)
    for record in found:
        judge_row(record, partition)
        if not record.reasons:
            by_order[record.values["order_id"]].append(record)
    for lines in by_order.values():
        for name in AGREE:
            if len({line.values[name] for line in lines}) > 1:
                for line in lines:
                    line.reasons.append(f"lines of one order disagree on {name}")
    for record in found:
        if not record.reasons:
            by_key[record.values["order_id"], record.values["product_id"]].append(record)
    duplicates: list[Judged] = []
    for (order_id, product_id), lines in by_key.items():
        if any(line.values != lines[0].values for line in lines):
            for line in lines:
                line.reasons.append(f"conflicting records for key ({order_id}, {product_id})")
        else:
            duplicates += lines[1:]
    again = {id(record) for record in duplicates}
    good = [record for record in found if not record.reasons and id(record) not in again]
    return good, duplicates, [record for record in found if record.reasons]
