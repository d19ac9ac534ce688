"""A day delivered again with one price changed and one line removed; what that must do, from files alone."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.harness.lakehouse import Lakehouse

Line = dict[str, str]
Key = tuple[str, str]


@dataclass(frozen=True)
class Redelivery:
    """Totals of the good lines before it, and the two lines it touches (as they were)."""

    silver_rows: int
    silver_amount: Decimal
    gold_rows: int
    gold_amount: Decimal
    repriced: Line
    removed: Line

    @property
    def difference(self) -> Decimal:
        """What the redelivery adds to the sum of all lines: each piece costs one more, one line is gone."""
        return Decimal(self.repriced["quantity"]) - Decimal(self.removed["total_amount"])


def redeliver(lakehouse: Lakehouse, day: date, after: date) -> Redelivery:
    """Deliver the day's CSV file again, one line dearer by 1.00 a piece and one line shorter.

    Both lines count as revenue, and the next day `after` does not send their orders again.
    """
    truth = {when: _truth(lakehouse, when) for when in (day, after)}
    text = lakehouse.delivered(day, "orders.csv")
    sent = list(csv.DictReader(io.StringIO(text)))
    json_lines = lakehouse.delivered(day, "orders.jsonl")
    later = {order for order, _ in truth[after]}
    lines_of: dict[str, list[Key]] = {}
    for key in map(_key, sent):
        lines_of.setdefault(key[0], []).append(key)
    # Orders of two lines or more, all of them good, in this file only.
    plain = [
        truth[day][keys[0]]
        for order, keys in lines_of.items()
        if len(set(keys)) == len(keys) > 1 and set(keys) <= truth[day].keys()
        if order not in later and order not in json_lines
        if truth[day][keys[0]]["order_status"] not in ("cancelled", "returned")
    ]
    repriced, removed = plain[0], plain[1]
    lakehouse.deliver(day, "orders.csv", _changed(text, repriced, removed))
    newest = truth[day] | truth[after]
    return Redelivery(
        silver_rows=sum(map(len, truth.values())),
        silver_amount=sum((_total(lines) for lines in truth.values()), Decimal(0)),
        gold_rows=len(newest),
        gold_amount=_total(newest),
        repriced=repriced,
        removed=removed,
    )


def _truth(lakehouse: Lakehouse, day: date) -> dict[Key, Line]:
    """The good lines of a day, as the simulator meant them."""
    file = lakehouse.stack.home.path / "truth" / "ecommerce" / f"{day}.lines.csv"
    return {_key(line): line for line in csv.DictReader(io.StringIO(file.read_text()))}


def _key(line: Line) -> Key:
    return line["order_id"], line["product_id"]


def _total(lines: dict[Key, Line]) -> Decimal:
    return sum((Decimal(line["total_amount"]) for line in lines.values()), Decimal(0))


def _changed(text: str, repriced: Line, removed: Line) -> str:
    """The file's text with two lines touched: broken lines stay as broken as they were."""
    header, *rows = text.splitlines(keepends=True)
    (old,) = [row for row in rows if _is_line(row, repriced)]
    fields = dict(zip(next(csv.reader([header])), next(csv.reader([old])), strict=True))
    fields["price"] = f"{Decimal(fields['price']) + 1}"
    fields["total_amount"] = f"{Decimal(fields['total_amount']) + int(fields['quantity'])}"
    new = io.StringIO()
    csv.writer(new, lineterminator="\n").writerow(fields.values())
    kept = [new.getvalue() if row is old else row for row in rows if not _is_line(row, removed)]
    assert len(kept) == len(rows) - 1
    return "".join([header, *kept])


def _is_line(row: str, line: Line) -> bool:
    return line["order_id"] in row and line["product_id"] in row
