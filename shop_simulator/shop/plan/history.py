"""The fifteen months before the shop's first simulated day: its first customers, and a few orders a day."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from shop_simulator.shop.plan.assortment import (
    FIRST_SUPPLIERS,
    Assortment,
    Product,
    first_shelves,
    new_product,
)
from shop_simulator.shop.plan.changes import KEYS, Change, Row
from shop_simulator.shop.plan.clientele import Customer, new_customer, second_address
from shop_simulator.shop.plan.order_lives import fate_of, order_life
from shop_simulator.shop.plan.ticks import midnight, tick_of, wall_clock
from shop_simulator.world import OPENING, World

FOUNDED = date(2024, 10, 1)
HISTORY_ENDS = midnight(OPENING) - timedelta.resolution
_DAYS = (OPENING - FOUNDED).days


def rows_at_opening(changes: Iterable[Change]) -> list[Change]:
    """Return the creation of every row that the history leaves, as its last change left it."""
    rows: dict[tuple[str, ...], Change] = {}
    for change in changes:
        if change.at > HISTORY_ENDS:
            break
        key = change.table, *(str(change.row[column]) for column in KEYS[change.table])
        if change.op == "d":
            del rows[key]
            continue
        before: Row = rows[key].row if change.op == "u" else {}
        row = before | change.row | {"updated_at": tick_of(change.at).isoformat(" ")}
        rows[key] = Change(change.at, change.table, "c", row)
    return list(rows.values())


def history(world: World) -> list[Change]:
    """Return all changes that are decided before the opening; some happen after it."""
    founded = midnight(FOUNDED)
    rng = world.chance("shop history")
    changes = first_shelves(founded)
    products: list[Product] = []
    for number in range(1, world.products + 1):
        product, arrival = new_product(rng, number, FIRST_SUPPLIERS, founded)
        products.append(product)
        changes.append(arrival)
    customers: list[Customer] = []
    signups: list[date] = []
    for number in range(1, world.first_customers + 1):
        day = FOUNDED + timedelta(days=_DAYS * (number - 1) // world.first_customers)
        at = wall_clock(rng, day)
        neighbour = customers[-1] if number % 10 == 0 else None
        customer, signup = new_customer(rng, number, 2 * number, at, neighbour)
        customers.append(customer)
        signups.append(day)
        changes += signup
        if number % 7 == 0:
            changes += second_address(rng, customer, 2 * number + 1, at)
    return [*changes, *_orders(world, products, customers, signups)]


def _orders(
    world: World, products: Sequence[Product], customers: Sequence[Customer], signups: Sequence[date]
) -> Iterator[Change]:
    """Yield the changes of a few orders a day, of customers who signed up before that day."""
    placed = 0
    for number in range(1, _DAYS):
        day, months = FOUNDED + timedelta(days=number), number // 30
        rng = world.chance("shop history", day)
        # The prices rise by a tenth until the opening.
        percent = 90 + months * 2 // 3
        cheaper = [replace(product, cents=product.cents * percent // 100) for product in products]
        goods, known = Assortment(cheaper, FIRST_SUPPLIERS), bisect_left(signups, day)
        orders = range(rng.randint(1, 2 + months // 5))
        for position, placed_at in enumerate(sorted(wall_clock(rng, day) for _ in orders), start=1):
            placed += 1
            customer = customers[int(known * rng.random())]
            yield from order_life(world, fate_of(placed), placed_at, position, customer, goods)
