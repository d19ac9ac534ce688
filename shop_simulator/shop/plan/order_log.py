"""Notes what happens to one order: the single steps of which every life of an order consists."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from shop_simulator.shop.plan.baskets import Basket, Line
from shop_simulator.shop.plan.cards import card
from shop_simulator.shop.plan.changes import KEYS, Change, Row
from shop_simulator.world import money

_CARRIERS = ("DHL", "UPS", "FedEx", "DPD", "GLS")
_THROUGH_PROVIDER = ("card", "paypal")
_NO_CARD = dict.fromkeys(("card_token", "card_brand", "card_number", "card_expiry", "card_cvc"))


class OrderLog:
    """The changes of one order. Payments, parcels and refunds get numbers that follow from the order's."""

    def __init__(self, rng: Random, basket: Basket) -> None:
        """Begin with nothing noted."""
        self.rng = rng
        self.basket = basket
        self.changes: list[Change] = []
        self._card = card(rng, basket.placed_at.year) if basket.method == "card" else _NO_CARD
        self._numbers = {"payment_id": 0, "refund_id": 0, "shipment_id": 0}

    def after(self, at: datetime, fewest_hours: float, most_hours: float) -> datetime:
        """Draw a later moment, to the second."""
        seconds = self.rng.randint(max(1, int(fewest_hours * 3600)), int(most_hours * 3600))
        return at.replace(microsecond=0) + timedelta(seconds=seconds)

    def place(self) -> None:
        """Note the order and its lines."""
        basket = self.basket
        row = {
            "order_id": basket.order_id,
            "customer_id": basket.customer.customer_id,
            "order_ts": _text(basket.placed_at),
            "status": "placed",
            "channel": basket.channel,
            "address_id": basket.address_id,
            "payment_method": basket.method,
            "shipping": money(basket.shipping_cents),
            "currency": basket.customer.currency,
            **basket.amounts(),
        }
        self._note(basket.placed_at, "orders", "c", row)
        for line in basket.lines:
            self.add_item(line, basket.placed_at)

    def add_item(self, line: Line, at: datetime) -> None:
        """Note a line of the order."""
        row = {
            "order_id": self.basket.order_id,
            "product_id": line.product_id,
            "quantity": line.quantity,
            "unit_price": money(line.cents),
        }
        self._note(at, "order_items", "c", row)

    def change_order(self, at: datetime, **columns: Any) -> None:
        """Note a change of the order itself."""
        self._note(at, "orders", "u", {"order_id": self.basket.order_id, **columns})

    def change_item(self, line: Line, at: datetime) -> None:
        """Note a new quantity of a line."""
        row = {"order_id": self.basket.order_id, "product_id": line.product_id, "quantity": line.quantity}
        self._note(at, "order_items", "u", row)

    def remove_item(self, line: Line, at: datetime) -> None:
        """Note that a line is no longer part of the order."""
        row = {"order_id": self.basket.order_id, "product_id": line.product_id}
        self._note(at, "order_items", "d", row)

    def try_to_pay(self, at: datetime) -> None:
        """Note a payment that fails."""
        self._payment(at, self.basket.amount_cents, "failed", paid=False)

    def pay(self, at: datetime, cents: int) -> tuple[int, datetime]:
        """Note a payment that succeeds. Returns its number, and the moment when the money was there."""
        method = self.basket.method
        if method not in _THROUGH_PROVIDER:
            if method == "bank_transfer":
                at = self.after(at, 20, 70)
            return self._payment(at, cents, "captured", paid=True), at
        payment_id = self._payment(at, cents, "authorised", paid=False)
        paid_at = self.after(at, 0.01, 2 if method == "card" else 0.05)
        captured = {"payment_id": payment_id, "status": "captured", "paid_at": _text(paid_at)}
        self._note(paid_at, "payments", "u", captured)
        return payment_id, paid_at

    def refund(self, payment_id: int, at: datetime, cents: int, reason: str, *, fails: bool = False) -> None:
        """Note money that goes back, some days later; if that fails, it is tried once more."""
        refund_id = self._next("refund_id")
        row = {
            "refund_id": refund_id,
            "payment_id": payment_id,
            "order_id": self.basket.order_id,
            "amount": money(cents),
            "currency": self.basket.customer.currency,
            "status": "pending",
            "reason": reason,
            "requested_at": _text(at),
            "succeeded_at": None,
        }
        self._note(at, "refunds", "c", row)
        settled_at = self.after(at, 3, 96)
        if fails:
            self._note(settled_at, "refunds", "u", {"refund_id": refund_id, "status": "failed"})
            self.refund(payment_id, self.after(settled_at, 1, 24), cents, reason)
        else:
            succeeded = {"status": "succeeded", "succeeded_at": _text(settled_at)}
            self._note(settled_at, "refunds", "u", {"refund_id": refund_id, **succeeded})

    def send(self, at: datetime, pieces: dict[int, int]) -> int:
        """Note a parcel with so many pieces of each product. Returns its number."""
        shipment_id = self._next("shipment_id")
        carrier = self.rng.choice(_CARRIERS)
        row = {
            "shipment_id": shipment_id,
            "order_id": self.basket.order_id,
            "carrier": carrier,
            "tracking_number": None if self.rng.random() < 0.03 else f"{carrier[0]}{shipment_id}",
            "shipped_at": _text(at),
            "delivered_at": None,
            "returned_at": None,
        }
        self._note(at, "shipments", "c", row)
        for product_id, quantity in pieces.items():
            line = {"shipment_id": shipment_id, "order_id": self.basket.order_id}
            self._note(at, "shipment_lines", "c", line | {"product_id": product_id, "quantity": quantity})
        return shipment_id

    def change_parcel(self, shipment_id: int, at: datetime, column: str) -> None:
        """Note when a parcel was delivered or returned."""
        self._note(at, "shipments", "u", {"shipment_id": shipment_id, column: _text(at)})

    def delete(self, at: datetime) -> None:
        """Delete the order and everything that was noted about it."""
        for change in [change for change in self.changes if change.op == "c"]:
            key = {column: change.row[column] for column in KEYS[change.table]}
            self._note(at, change.table, "d", key)

    def _payment(self, at: datetime, cents: int, status: str, *, paid: bool) -> int:
        payment_id, method = self._next("payment_id"), self.basket.method
        row = {
            "payment_id": payment_id,
            "order_id": self.basket.order_id,
            "amount": money(cents),
            "currency": self.basket.customer.currency,
            "method": method,
            "status": status,
            "charge_id": f"ch_{self.rng.getrandbits(96):024x}" if method in _THROUGH_PROVIDER else None,
            "paid_at": _text(at) if paid else None,
            **self._card,
        }
        self._note(at, "payments", "c", row)
        return payment_id

    def _next(self, name: str) -> int:
        self._numbers[name] += 1
        return self.basket.order_id * 10 + self._numbers[name]

    def _note(self, at: datetime, table: str, op: str, row: Row) -> None:
        self.changes.append(Change(at, table, op, row))


def _text(moment: datetime) -> str:
    return moment.isoformat(" ")
