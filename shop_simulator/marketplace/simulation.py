"""The marketplace: puts one export of order lines per day, in two files, into the inbox."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from shop_simulator.errors import DayBeforeOpeningError, EmptyRangeError, OrderCountError
from shop_simulator.marketplace.defects import plant
from shop_simulator.marketplace.export import csv_bytes, json_bytes
from shop_simulator.marketplace.orders import orders_sent_on
from shop_simulator.marketplace.record import CSV_FILE, JSON_FILE, Record, plain_values
from shop_simulator.marketplace.truth import DayTruth, day_truth, write_truth
from shop_simulator.marketplace.wording import reword
from shop_simulator.world import OPENING, World

DOMAIN = "ecommerce"


@dataclass(frozen=True)
class Export:
    """One day's files, the records in them, and the truth about them."""

    files: dict[str, bytes]
    records: list[Record]
    truth: DayTruth


def simulate(
    start: date,
    end: date,
    *,
    orders_per_day: int = 5000,
    seed: int = 42,
    put: Callable[[str, bytes], None],
    truth_dir: Path,
    on_day: Callable[[DayTruth], None] | None = None,
) -> None:
    """Make the exports of the days from `start` to `end`, both included.

    Args:
        start: First day.
        end: Last day.
        orders_per_day: About how many orders, new and sent again, an export holds.
        seed: Another seed is another shop.
        put: Stores one object in the inbox, under a key such as `ecommerce/2026-01-01/orders.csv`.
        truth_dir: Where `ecommerce/<date>.json` and `ecommerce/<date>.lines.csv` go.
        on_day: Called after each day.

    Raises:
        DayBeforeOpeningError: A day before the shop opened was asked for.
        EmptyRangeError: `end` is before `start`.
        OrderCountError: Less than one order per day was asked for.
    """
    check(start, end, orders_per_day)
    world = World(seed, orders_per_day)
    for number in range((end - start).days + 1):
        day = start + timedelta(days=number)
        export = export_of(world, day)
        for name, body in export.files.items():
            put(f"{DOMAIN}/{day.isoformat()}/{name}", body)
        write_truth(truth_dir / DOMAIN, export.truth, export.records)
        if on_day is not None:
            on_day(export.truth)


def check(start: date, end: date, orders_per_day: int) -> None:
    """Raise an error for what cannot be simulated, before anything is written."""
    if end < start:
        raise EmptyRangeError(start, end)
    if start < OPENING:
        raise DayBeforeOpeningError(start, OPENING)
    if orders_per_day < 1:
        raise OrderCountError(orders_per_day)


def export_of(world: World, day: date) -> Export:
    """Make the export of one day; it depends only on the world and the day."""
    rng = world.chance("export", day)
    orders, new_orders = _written_orders(world, rng, day)
    added = plant(world, world.chance("defects", day), day, orders)
    records = [record for lines in orders for record in lines]
    for record in added:
        records.insert(rng.randrange(len(records) + 1), record)
    blank_lines = day.day % 3 == 0
    files = {
        CSV_FILE: csv_bytes(_of(records, CSV_FILE), blank_lines=blank_lines),
        JSON_FILE: json_bytes(rng, _of(records, JSON_FILE), blank_lines=blank_lines),
    }
    return Export(files, records, day_truth(day, files, records, new_orders))


def _of(records: list[Record], file: str) -> list[Record]:
    return [record for record in records if record.file == file]


def _written_orders(world: World, rng: Random, day: date) -> tuple[list[list[Record]], int]:
    """Return the lines of each order of a day, each order in one file, and how many orders are new."""
    orders, new_orders = [], 0
    for order, status, is_new in orders_sent_on(world, day):
        new_orders += is_new
        lines = order.lines
        if not is_new and len(lines) > 1 and rng.random() < 0.06:
            lines = lines[: rng.randint(1, len(lines) - 1)]  # only what changed is sent again
        file = CSV_FILE if rng.random() < 0.5 else JSON_FILE
        plain = [plain_values(order, line, status) for line in lines]
        orders.append([Record(file, values, reword(rng, values, order.placed_at)) for values in plain])
    return orders, new_orders
