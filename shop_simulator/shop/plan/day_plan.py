"""What is decided on one day: everything that happens on it, and what follows from it on later days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from random import Random

from shop_simulator.rhythm import WEEKDAYS
from shop_simulator.shop.plan.assortment import Assortment, changes_of_assortment
from shop_simulator.shop.plan.changes import Change, id_on
from shop_simulator.shop.plan.clientele import Customer, merge, move, new_customer, second_address
from shop_simulator.shop.plan.order_lives import fate_of, order_life
from shop_simulator.shop.plan.ticks import midnight, wall_clock
from shop_simulator.world import OPENING, World

_NEW_CUSTOMERS_PERCENT = 6
_MOVES_PERCENT = 1
_CANDIDATES_PER_MERGE = 8
_NEWCOMERS_WHO_BUY = 0.8


@dataclass(frozen=True)
class Draws:
    """The customers that a day asks for, as numbers between 1 and the newest one's."""

    buyers: Sequence[int]
    movers: Sequence[int]
    neighbours: Sequence[int]
    doubles: Sequence[int]

    @property
    def numbers(self) -> set[int]:
        """Return all numbers that were drawn."""
        return {*self.buyers, *self.movers, *self.neighbours, *self.doubles}


def draw_customers(world: World, day: date, newest: int) -> Draws:
    """Draw who does something on a day. Some draw the number of a customer who is no longer there."""
    rng = world.chance("shop customers", day)
    volume = world.orders_per_day * WEEKDAYS[day.weekday()] * rng.uniform(0.98, 1.02)
    orders = max(1, round(volume))

    def numbers(count: int, skew: float = 1) -> list[int]:
        return [1 + int(newest * rng.random() ** skew) for _ in range(count)]

    return Draws(
        buyers=numbers(orders, skew=1.6),  # few customers order often
        movers=numbers(max(1, orders * _MOVES_PERCENT // 100)),
        neighbours=numbers(max(2, orders * _NEW_CUSTOMERS_PERCENT // 100)),
        doubles=numbers(max(1, orders // 500) * _CANDIDATES_PER_MERGE),
    )


def plan_day(
    world: World,
    day: date,
    draws: Draws,
    customers: Mapping[int, Customer],
    newest: int,
    assortment: Assortment,
) -> list[Change]:
    """Return all changes that a day decides; those of its orders reach weeks into the future.

    Args:
        world: Seed and size.
        day: The day.
        draws: What `draw_customers` drew.
        customers: The living customer for each number drawn, as the day finds them.
        newest: The highest number of a customer.
        assortment: The products as the day finds them.
    """
    rng = world.chance("shop day", day)
    moments = (wall_clock(rng, day) for _ in count())
    address_ids = (id_on(midnight(day), number) for number in count(1))
    movers = {customers[number].customer_id: customers[number] for number in draws.movers}
    merges = _doubles([customers[number] for number in draws.doubles], {newest, *movers})
    heirs = {second.customer_id: first for first, second in merges}

    changes = changes_of_assortment(rng, (day - OPENING).days, moments, assortment)
    for mover in movers.values():
        changes += move(rng, mover, next(address_ids), next(moments))
    changes += [merge(first, second, next(moments)) for first, second in merges]
    orders = [(next(moments), customers[number]) for number in draws.buyers]
    for position, number in enumerate(draws.neighbours):
        shares_home, has_office = position == 0 or rng.random() < 0.1, position == 1 or rng.random() < 0.15
        at, neighbour = next(moments), customers[number] if shares_home else None
        customer, signup = new_customer(rng, newest + 1 + position, next(address_ids), at, neighbour)
        changes += signup
        if has_office:
            changes += second_address(rng, customer, next(address_ids), at)
        if position < len(orders) and rng.random() < _NEWCOMERS_WHO_BUY:
            orders[position] = _soon(rng, at), customer
    orders.sort(key=lambda order: order[0])
    for number, (placed_at, customer) in enumerate(orders, start=1):
        buyer = heirs.get(customer.customer_id, customer)
        fate = fate_of((day - OPENING).days * world.orders_per_day + number)
        changes += order_life(world, fate, placed_at, number, buyer, assortment)
    return changes


def _doubles(candidates: Sequence[Customer], busy: set[int]) -> list[tuple[Customer, Customer]]:
    """Return pairs of customers of one country who turn out to be one person; the older one stays."""
    pairs: list[tuple[Customer, Customer]] = []
    waiting: dict[str, Customer] = {}
    free = {customer.customer_id: customer for customer in candidates if customer.customer_id not in busy}
    for _, customer in sorted(free.items()):
        if first := waiting.pop(customer.country, None):
            pairs.append((first, customer))
        else:
            waiting[customer.country] = customer
    return pairs[: len(candidates) // _CANDIDATES_PER_MERGE]


def _soon(rng: Random, at: datetime) -> datetime:
    """Return a moment within the next ten minutes, of the same day."""
    end_of_day = midnight(at.date()) + timedelta(days=1) - timedelta.resolution
    return min(at + timedelta(seconds=rng.randint(0, 600)), end_of_day)
