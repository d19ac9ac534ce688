"""What is in an order, and what it costs. It knows nothing of what becomes of the order."""

from bisect import bisect
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from random import Random

from shop_simulator.shop.plan.assortment import Assortment
from shop_simulator.shop.plan.changes import Row
from shop_simulator.shop.plan.clientele import Customer
from shop_simulator.world import money

_CHANNELS = {"web": 55, "mobile": 33, "marketplace": 12}
_METHODS = {"card": 60, "paypal": 22, "bank_transfer": 12, "gift_card": 6}
_LINE_COUNTS = tuple(accumulate((36, 30, 18, 10, 6)))
_QUANTITIES = tuple(accumulate((72, 17, 6, 3, 2)))
_DISCOUNT_PERCENT = (0, 0, 0, 0, 0, 0, 0, 5, 10, 20)
_TAX_PERCENT = {"US": 7, "DE": 19, "FR": 20}
_FREE_SHIPPING_CENTS = 60_00
_SHIPPING_CENTS = 4_90


@dataclass
class Line:
    """One product of an order."""

    product_id: int
    quantity: int
    cents: int


@dataclass
class Basket:
    """One order, as it stands: who bought what, and on which terms."""

    order_id: int
    placed_at: datetime
    customer: Customer
    address_id: int
    channel: str
    method: str
    discount_percent: int
    shipping_cents: int
    lines: list[Line] = field(default_factory=list)

    @property
    def lines_cents(self) -> int:
        """Return what all lines cost together."""
        return sum(line.quantity * line.cents for line in self.lines)

    @property
    def discount_cents(self) -> int:
        """Return what is taken off."""
        return self.lines_cents * self.discount_percent // 100

    @property
    def tax_cents(self) -> int:
        """Return the sales tax on the discounted lines."""
        return (self.lines_cents - self.discount_cents) * _TAX_PERCENT[self.customer.country] // 100

    @property
    def amount_cents(self) -> int:
        """Return what the customer pays."""
        return self.lines_cents - self.discount_cents + self.shipping_cents + self.tax_cents

    def share_cents(self, cents: int) -> int:
        """Return what the customer paid for a part of the lines that costs `cents`."""
        discounted = cents - cents * self.discount_percent // 100
        return discounted + discounted * _TAX_PERCENT[self.customer.country] // 100

    def amounts(self) -> Row:
        """Return the columns of the order that follow from its lines."""
        return {
            "amount": money(self.amount_cents),
            "discount": money(self.discount_cents),
            "tax": money(self.tax_cents),
        }


def fill_basket(
    rng: Random,
    order_id: int,
    placed_at: datetime,
    customer: Customer,
    assortment: Assortment,
    fewest_lines: int,
) -> Basket:
    """Draw what a customer orders, and on which terms."""
    basket = Basket(
        order_id=order_id,
        placed_at=placed_at,
        customer=customer,
        address_id=rng.choice(customer.addresses),
        channel=rng.choices(tuple(_CHANNELS), weights=tuple(_CHANNELS.values()))[0],
        method=rng.choices(tuple(_METHODS), weights=tuple(_METHODS.values()))[0],
        discount_percent=rng.choice(_DISCOUNT_PERCENT),
        shipping_cents=_SHIPPING_CENTS,
    )
    wanted = max(fewest_lines, 1 + bisect(_LINE_COUNTS, rng.random() * _LINE_COUNTS[-1]))
    while len(basket.lines) < wanted:
        add_line(rng, basket, assortment, placed_at)
    if basket.lines_cents >= _FREE_SHIPPING_CENTS:
        basket.shipping_cents = 0
    return basket


def add_line(rng: Random, basket: Basket, assortment: Assortment, at: datetime) -> Line:
    """Put a product into a basket that is not in it, for its price at this moment."""
    product = assortment.draw(rng)
    while any(line.product_id == product.product_id for line in basket.lines):
        product = assortment.draw(rng)
    quantity = 1 + bisect(_QUANTITIES, rng.random() * _QUANTITIES[-1])
    line = Line(product.product_id, quantity, assortment.cents(product, at))
    basket.lines.append(line)
    return line
