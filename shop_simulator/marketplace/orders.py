"""The orders placed on one day, with their lines and all later changes of status."""

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random

from shop_simulator.catalogue import Product, popularity, price_cents, products
from shop_simulator.marketplace.lifecycle import LAST_LAG, SHIPPING_MIX, Life, draw_life, new_share
from shop_simulator.people import customer_fields
from shop_simulator.rhythm import WEEKDAYS, moment
from shop_simulator.world import AT, OPENING, World

PAYMENT_MIX = {
    "credit_card": 42,
    "paypal": 24,
    "debit_card": 16,
    "bank_transfer": 8,
    "gift_card": 5,
    "cash_on_delivery": 5,
}
LINE_COUNTS = (30, 28, 19, 12, 6, 3, 1.5, 0.5)
QUANTITIES = (70, 17, 6, 3, 2, 1, 0.4, 0.3, 0.2, 0.1)
DISCOUNTS = (5, 10, 10, 15, 20, 25, 30)
OPTIONAL_OF_CUSTOMER = ("email", "phone", "address", "city", "state", "zip_code", "registration_date")


@dataclass(frozen=True, slots=True)
class Line:
    """One product of an order; amounts in cents."""

    product: Product
    price: int
    quantity: int
    discount: int

    @property
    def total(self) -> int:
        """Return what the line costs."""
        return self.price * self.quantity - self.discount


@dataclass(frozen=True, slots=True)
class Order:
    """One order as placed, and the days on which it is sent."""

    order_id: str
    placed_at: datetime
    customer: tuple[str | None, ...]
    lines: tuple[Line, ...]
    payment_method: str
    shipping_method: str
    life: Life


@lru_cache(maxsize=4 * (LAST_LAG + 1))
def orders_placed_on(world: World, day: date) -> tuple[Order, ...]:
    """Return the new orders of a day, sorted by time."""
    rng = world.chance("orders", day)
    number = (day - OPENING).days
    volume = world.orders_per_day * new_share(number) * WEEKDAYS[day.weekday()] * rng.uniform(0.98, 1.02)
    times = sorted(moment(rng, day) for _ in range(max(1, round(volume))))
    return tuple(
        _order(world, rng, f"O-{day:%Y%m%d}-{position:05d}", placed_at)
        for position, placed_at in enumerate(times, start=1)
    )


def orders_sent_on(world: World, day: date) -> Iterator[tuple[Order, str, bool]]:
    """Yield every order in the export of a day, its status on that day, and whether it is new."""
    for lag in range(min(LAST_LAG, (day - OPENING).days), -1, -1):
        for order in orders_placed_on(world, day - timedelta(days=lag)):
            for sent_after, status in order.life:
                if sent_after == lag:
                    yield order, status, lag == 0


def _order(world: World, rng: Random, order_id: str, placed_at: datetime) -> Order:
    shipping_method = rng.choices(_SHIPPING, cum_weights=_SHIPPING_BOUNDS)[0]
    return Order(
        order_id=order_id,
        placed_at=placed_at,
        customer=_customer(world, rng, placed_at.date()),
        lines=_lines(world, rng, placed_at.date()),
        payment_method=rng.choices(_PAYMENT, cum_weights=_PAYMENT_BOUNDS)[0],
        shipping_method=shipping_method,
        life=draw_life(rng, shipping_method),
    )


def _customer(world: World, rng: Random, day: date) -> tuple[str | None, ...]:
    days_open = (day - OPENING).days
    newest = world.new_customers_per_day
    kind = rng.random()
    if kind < 0.07:
        number = world.first_customers + days_open * newest + rng.randint(1, newest)
    elif kind < 0.20 and days_open:
        recent = min(days_open, 60) * newest
        number = world.first_customers + days_open * newest - rng.randrange(recent)
    else:
        # Few customers order often. Because of the stride, these do not all have the lowest numbers.
        rank = int(world.first_customers * rng.random() ** 2.5)
        number = 1 + rank * 7919 % world.first_customers
    fields = customer_fields(world, number, day)
    if rng.random() < 0.02:
        forgotten = AT[rng.choice(OPTIONAL_OF_CUSTOMER)]
        fields = (*fields[:forgotten], None, *fields[forgotten + 1 :])
    return fields


def _lines(world: World, rng: Random, day: date) -> tuple[Line, ...]:
    wanted = 1 + bisect(_LINE_BOUNDS, rng.random() * _LINE_BOUNDS[-1])
    bounds, catalogue = popularity(world), products(world)
    chosen: dict[int, None] = {}
    while len(chosen) < wanted:
        chosen[bisect(bounds, rng.random() * bounds[-1])] = None
    return tuple(_line(world, rng, catalogue[rank], day) for rank in chosen)


def _line(world: World, rng: Random, product: Product, day: date) -> Line:
    price = price_cents(world, product, day)
    quantity = 1 + bisect(_QUANTITY_BOUNDS, rng.random() * _QUANTITY_BOUNDS[-1])
    deal = rng.random()
    discount = 0
    if deal < 0.001:
        discount = price * quantity
    elif deal < 0.22:
        discount = price * quantity * rng.choice(DISCOUNTS) // 100
    return Line(product=product, price=price, quantity=quantity, discount=discount)


_SHIPPING, _SHIPPING_BOUNDS = tuple(SHIPPING_MIX), tuple(accumulate(SHIPPING_MIX.values()))
_PAYMENT, _PAYMENT_BOUNDS = tuple(PAYMENT_MIX), tuple(accumulate(PAYMENT_MIX.values()))
_LINE_BOUNDS, _QUANTITY_BOUNDS = tuple(accumulate(LINE_COUNTS)), tuple(accumulate(QUANTITIES))
