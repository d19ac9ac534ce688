"""Decides which defects a day gets, and plants them. `line_defects` and `order_defects` define them."""

from datetime import date
from random import Random

from shop_simulator.marketplace.line_defects import LINE_DEFECTS, Planter
from shop_simulator.marketplace.order_defects import CSV_DEFECTS, JSON_DEFECTS, REPEATS, TWO_LINE_DEFECTS
from shop_simulator.marketplace.record import CSV_FILE, JSON_FILE, Record
from shop_simulator.marketplace.victim import Victim
from shop_simulator.world import OPENING, World

PLANTERS: dict[str, Planter] = {
    **LINE_DEFECTS,
    **TWO_LINE_DEFECTS,
    **CSV_DEFECTS,
    **JSON_DEFECTS,
    **REPEATS,
}
# A small day takes a few kinds in a row. The stride mixes the families, so that it gets some of each.
KINDS = tuple(sorted(PLANTERS, key=lambda kind: list(PLANTERS).index(kind) * 23 % len(PLANTERS)))

LINES_PER_ORDER = 2.5
RECORDS_PER_DEFECT = 1.15
USUAL_SHARE = 0.01
HIGHEST_SHARE = 0.04


def defects_per_day(world: World) -> int:
    """Return how many defects a day gets.

    One record in a hundred, but at least one of each kind as long as that stays below 4 % (above 5 % the
    pipeline would refuse the day); a shop too small for that gets some kinds each day, in turn.
    """
    lines = world.orders_per_day * LINES_PER_ORDER
    usual = int(lines * USUAL_SHARE / RECORDS_PER_DEFECT)
    highest = int(lines * HIGHEST_SHARE / RECORDS_PER_DEFECT)
    return min(max(usual, len(KINDS)), highest)


def plant(world: World, rng: Random, day: date, orders: list[list[Record]]) -> list[Record]:
    """Plant the defects of a day into the orders (lists of lines), at most one per order.

    Returns the records that come in beside the orders' own lines.
    """
    per_day = defects_per_day(world)
    start = (day - OPENING).days * per_day
    untouched = list(orders)
    rng.shuffle(untouched)
    added: list[Record] = []
    for position in range(start, start + per_day):
        kind = KINDS[position % len(KINDS)]
        records = _take(untouched, kind, day)
        if records is not None:
            turn = position // len(KINDS) + position % len(KINDS)
            PLANTERS[kind](Victim(kind, rng, day, turn, records, added))
    return added


def _take(untouched: list[list[Record]], kind: str, day: date) -> list[Record] | None:
    """Remove and return the first order in which a kind of defect can be planted."""
    if kind == "order_too_old" and day == OPENING:
        return None  # the first partition of a feed accepts orders of any age
    for position, records in enumerate(untouched):
        if _fits(kind, records):
            return untouched.pop(position)
    return None


def _fits(kind: str, records: list[Record]) -> bool:
    if kind in TWO_LINE_DEFECTS:
        return 2 <= len(records) <= 3
    if kind in CSV_DEFECTS:
        return records[0].file == CSV_FILE
    if kind in JSON_DEFECTS:
        return records[0].file == JSON_FILE
    return True
