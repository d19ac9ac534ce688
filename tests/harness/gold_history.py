"""Random histories of the feed: deliveries, re-deliveries and the runs that follow them, in any order."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from tests.harness.gold_lake import MAX_ORDER_AGE_DAYS, START, Row, line, quarantined

STATUSES = ("pending", "processing", "shipped", "delivered", "cancelled", "returned")
BEFORE_A_CRASH = {
    "orders": ("customers", "products", "order_items", "int_order_deliveries"),
    "daily": ("customers", "products", "order_items", "int_order_deliveries", "orders"),
}


@dataclass(frozen=True)
class Delivery:
    """A day of silver as it is from now on."""

    day: date
    lines: list[Row]
    quarantined: list[Row]


@dataclass(frozen=True)
class Run:
    """A run over some days, of all models unless it stops before its end."""

    first: date
    last: date
    models: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shape:
    """How big a history is: many orders try many cases at once, few leave days without orders."""

    days: int
    orders: int
    customers: int
    products: int
    steps: int


class History:
    """The events of one seed. In the end each day has had a whole run since it was last delivered."""

    def __init__(self, seed: int, shape: Shape) -> None:
        """Nothing is delivered yet."""
        self._random = random.Random(seed)
        self._shape = shape
        self.days = [START + timedelta(days=number) for number in range(shape.days)]
        self._silver: dict[date, Delivery] = {}
        self._waiting: set[date] = set()

    def events(self) -> Iterator[Delivery | Run]:
        """Deliveries and runs as they happen."""
        for _ in range(self._shape.steps):
            for day in self._random.sample(self.days, self._random.choice([1, 1, 2, 3])):
                self._silver[day] = self._redelivery(day) if day in self._silver else self._delivery(day)
                self._waiting.add(day)
                yield self._silver[day]
            yield self._run(self._random.choice([(), (), *BEFORE_A_CRASH.values()]))
        while self._waiting:
            yield self._run()

    def _run(self, models: tuple[str, ...] = ()) -> Run:
        first = self._random.choice(sorted(self._waiting) or self.days)
        last = min(first + timedelta(days=self._random.choice([0, 0, 1, 3])), self.days[-1])
        if not models:
            self._waiting = {day for day in self._waiting if not first <= day <= last}
        return Run(first, last, models)

    def _redelivery(self, day: date) -> Delivery:
        before, new = self._silver[day], self._delivery(day)
        kept = [row for row in before.lines if self._random.random() < 0.7]
        # The lines of an order agree on its header: of an order that stays in part, nothing new comes.
        known = {row["order_id"] for row in kept}
        added = [row for row in new.lines if row["order_id"] not in known and self._random.random() < 0.4]
        return Delivery(day, kept + added, [row for row in before.quarantined if self._random.random() < 0.6])

    def _delivery(self, day: date) -> Delivery:
        delivery = Delivery(day, [], [])
        share = self._random.choice([0, 0.2, 0.5, 0.5])
        for number in range(self._shape.orders):
            if self._random.random() < share:
                self._add_order(delivery, f"o{number}")
        return delivery

    def _add_order(self, delivery: Delivery, order_id: str) -> None:
        pick = self._random.choice
        ages = [0, 0, 1, MAX_ORDER_AGE_DAYS] if delivery.day > START else [0, 1, 40]
        header = {
            "customer_id": f"c{self._random.randrange(self._shape.customers)}",
            "order_date": datetime.combine(
                delivery.day - timedelta(days=pick(ages)), time(pick([0, 9, 23]), 59)
            ),
            "payment_method": pick(["credit_card", "paypal"]),
            "order_status": pick(STATUSES),
        }
        for number in self._random.sample(range(self._shape.products), pick([1, 1, 2, 3])):
            if self._random.random() < 0.12:
                texts = {"order_id": pick([order_id, f" {order_id} "]), "price": "x"}
                texts |= pick([{"product_id": f"p{number}"}, {"product_id": f" p{number}"}, {}])
                record = json.dumps(texts)
                domain = pick(["ecommerce", "ecommerce", "other"])
                delivery.quarantined.append(quarantined(delivery.day, record, domain))
                continue
            price, quantity = Decimal(self._random.randrange(100, 2000)) / 100, pick([1, 2, 3])
            discount = pick([0, round(price / 2, 2)])
            amounts = {
                "price": price,
                "quantity": quantity,
                "discount": discount,
                "total_amount": price * quantity - discount,
            }
            attributes = {
                "address": pick(["x", "y", "z"]),
                "phone": pick(["123", None]),
                "product_name": pick(["A", "B", None]),
                "category": pick(["k", "l", None]),
                "brand": pick(["m", "n"]),
                "registration_date": pick([None, date(2025, 11, 30), date(2026, 1, 1)]),
            }
            delivery.lines.append(
                line(delivery.day, order_id, f"p{number}", **header, **amounts, **attributes)
            )
