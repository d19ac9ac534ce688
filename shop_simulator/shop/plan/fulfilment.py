"""The two steps in nearly every life of an order: it is paid, and it is sent."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from shop_simulator.shop.plan.order_log import OrderLog


@dataclass(frozen=True)
class Parcel:
    """One parcel: when it goes and comes, and what the pieces in it cost without discount and tax."""

    shipment_id: int
    sent_at: datetime
    delivered_at: datetime
    cents: int


def pay(log: OrderLog, failures: int = 0) -> tuple[int, datetime]:
    """Pay the order, perhaps not at the first attempt. Returns the payment and when the money was there."""
    at = log.after(log.basket.placed_at, 0, 0.03)
    for _ in range(failures):
        log.try_to_pay(at)
        at = log.after(at, 0.01, 0.2)
    payment_id, paid_at = log.pay(at, log.basket.amount_cents)
    log.change_order(paid_at, status="paid")
    return payment_id, paid_at


def send(
    log: OrderLog, paid_at: datetime, *, most: int, without: int | None = None, arrives: bool = True
) -> list[Parcel]:
    """Send the order in up to `most` parcels, without one piece of a product."""
    prices = {line.product_id: line.cents for line in log.basket.lines}
    pieces = [line.product_id for line in log.basket.lines for _ in range(line.quantity)]
    if without is not None:
        pieces.remove(without)
    parcels = []
    sent_at = log.after(paid_at, 4, 60)
    log.change_order(sent_at, status="shipped")
    for number in range(min(most, len(pieces))):
        inside = pieces[number::most]
        shipment_id = log.send(sent_at, Counter(inside))
        delivered_at = log.after(sent_at, 18, 96)
        if arrives:
            log.change_parcel(shipment_id, delivered_at, "delivered_at")
        cents = sum(prices[product_id] for product_id in inside)
        parcels.append(Parcel(shipment_id, sent_at, delivered_at, cents))
        sent_at = log.after(sent_at, 12, 48)
    if arrives:
        log.change_order(max(parcel.delivered_at for parcel in parcels), status="delivered")
    return parcels
