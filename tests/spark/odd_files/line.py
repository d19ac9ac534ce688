"""A good order line, from which odd ones are made, and what is expected of a file that is read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from spark_jobs.contracts.contract import names, source_columns
from spark_jobs.contracts.ecommerce.order_lines import OrderLines

COLUMNS = names(source_columns(OrderLines))
HEADER = ",".join(COLUMNS) + "\n"
MALFORMED = "malformed record"
Content = Callable[[date], str | bytes]


def line(n: int, day: date, **values: Any) -> dict[str, Any]:
    """The texts of the n-th line of a file, with some values replaced."""
    texts = {
        "customer_id": "C-1",
        "customer_name": "Ada",
        "order_id": f"O-{n}",
        "order_date": f"{day}T12:00:00Z",
        "product_id": "P-1",
        "price": "10.00",
        "quantity": "1",
        "discount": "0.00",
        "total_amount": "10.00",
        "payment_method": "paypal",
        "shipping_method": "standard",
        "order_status": "shipped",
    }
    return dict.fromkeys(COLUMNS, "") | texts | values


@dataclass(frozen=True)
class Judged:
    """A file that is read: rows in silver (and values that must be in them), copies removed, reasons.

    `reasons` has the start of a reason for each quarantined record.
    """

    file: str
    content: Content
    rows: int
    reasons: tuple[str, ...] = ()
    duplicates: int = 0
    values: tuple[tuple[str, Any], ...] = ()
