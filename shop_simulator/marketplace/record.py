"""One record of an export: its plain values, the texts that are sent, and what silver must do with it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from shop_simulator.marketplace.orders import Line, Order
from shop_simulator.world import AT, money

CSV_FILE = "orders.csv"
JSON_FILE = "orders.jsonl"

Texts = list[str | None]
Verdict = Literal["good", "duplicate", "quarantined"]


def plain_values(order: Order, line: Line, status: str) -> tuple[str | None, ...]:
    """Return the 24 values of an order line as silver holds them, as texts."""
    product = line.product
    return (
        *order.customer,
        order.order_id,
        f"{order.placed_at:%Y-%m-%dT%H:%M:%S.%f}",
        product.product_id,
        product.name,
        product.category,
        product.subcategory,
        product.brand,
        money(line.price),
        str(line.quantity),
        money(line.discount),
        money(line.total),
        order.payment_method,
        order.shipping_method,
        status,
    )


@dataclass(slots=True)
class Record:
    """A record of an export that is being made.

    `plain` is the truth, `texts` what is written; `raw` overrides the whole written record, and `extra` adds
    a JSON key that the contract does not know.
    """

    file: str
    plain: tuple[str | None, ...]
    texts: Texts
    verdict: Verdict = "good"
    kind: str = ""
    reason: str = ""
    raw: str | None = None
    extra: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        """Return a plain value; an empty text when there is none."""
        return self.plain[AT[column]] or ""

    def cents(self, column: str) -> int:
        """Return a plain amount in cents."""
        return int(self[column].replace(".", ""))

    @property
    def placed_at(self) -> datetime:
        """Return the time of the order in UTC."""
        return datetime.fromisoformat(self["order_date"]).replace(tzinfo=UTC)

    def write(self, **texts: str | None) -> None:
        """Replace some of the texts."""
        for column, text in texts.items():
            self.texts[AT[column]] = text

    def condemn(self, kind: str, reason: str, **texts: str | None) -> None:
        """Replace some of the texts, and mark the record as one that must go to quarantine."""
        self.write(**texts)
        self.verdict, self.kind, self.reason = "quarantined", kind, reason

    def twin(self) -> "Record":
        """Return an independent copy."""
        return replace(self, texts=list(self.texts), extra=dict(self.extra))
