"""Random deliveries of the marketplace's feed."""

import json
import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from tests.gold.ecommerce.lines import line, quarantined
from tests.harness.gold_history import Delivery
from tests.harness.gold_lake import MAX_AGE_DAYS, START
from tests.harness.gold_silver import Row

STATUSES = ("pending", "processing", "shipped", "delivered", "cancelled", "returned")


@dataclass(frozen=True)
class RandomFeed:
    """Many orders cover many cases at once. Few orders leave days without any."""

    chance: random.Random
    orders: int
    customers: int
    products: int

    def delivery(self, day: date) -> Delivery:
        """A day of new orders and of orders that came before, each with some of its lines refused."""
        delivery: Delivery = {"order_lines": [], "quarantine": []}
        share = self.chance.choice([0, 0.2, 0.5, 0.5])
        for number in range(self.orders):
            if self.chance.random() < share:
                self._add_order(delivery, day, f"o{number}")
        return delivery

    def redelivery(self, day: date, before: Delivery) -> Delivery:
        """The day without some of its lines, and with some new orders."""
        new = self.delivery(day)
        kept = [row for row in before["order_lines"] if self.chance.random() < 0.7]
        # The lines of an order agree on its header. So an order that stays in part gets no new lines.
        known = {row["order_id"] for row in kept}
        added = [
            row for row in new["order_lines"] if row["order_id"] not in known and self.chance.random() < 0.4
        ]
        refused = [row for row in before["quarantine"] if self.chance.random() < 0.6]
        return {"order_lines": kept + added, "quarantine": refused}

    def _add_order(self, delivery: Delivery, day: date, order_id: str) -> None:
        pick = self.chance.choice
        ages = [0, 0, 1, MAX_AGE_DAYS] if day > START else [0, 1, 40]
        header = {
            "customer_id": f"c{self.chance.randrange(self.customers)}",
            "order_date": datetime.combine(day - timedelta(days=pick(ages)), time(pick([0, 9, 23]), 59)),
            "payment_method": pick(["credit_card", "paypal"]),
            "order_status": pick(STATUSES),
        }
        for number in self.chance.sample(range(self.products), pick([1, 1, 2, 3])):
            if self.chance.random() < 0.12:
                delivery["quarantine"].append(self._refused(day, order_id, f"p{number}"))
            else:
                values = {**header, **self._amounts(), **self._attributes()}
                delivery["order_lines"].append(line(day, order_id, f"p{number}", **values))

    def _refused(self, day: date, order_id: str, product_id: str) -> Row:
        pick = self.chance.choice
        texts = {"order_id": pick([order_id, f" {order_id} ", f"\u200b{order_id}\u00a0"]), "price": "x"}
        texts |= pick([{"product_id": product_id}, {"product_id": f" {product_id}\u3000"}, {}])
        return quarantined(day, json.dumps(texts), domain=pick(["ecommerce", "ecommerce", "other"]))

    def _amounts(self) -> Row:
        pick = self.chance.choice
        price, quantity = Decimal(self.chance.randrange(100, 2000)) / 100, pick([1, 2, 3])
        discount = pick([0, round(price / 2, 2)])
        total = price * quantity - discount
        return {"price": price, "quantity": quantity, "discount": discount, "total_amount": total}

    def _attributes(self) -> Row:
        pick = self.chance.choice
        return {
            "address": pick(["x", "y", "z"]),
            "phone": pick(["123", None]),
            "product_name": pick(["A", "B", None]),
            "category": pick(["k", "l", None]),
            "brand": pick(["m", "n"]),
            "registration_date": pick([None, date(2025, 11, 30), date(2026, 1, 1)]),
        }
