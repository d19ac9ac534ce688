"""Lives the shop's days in its database, one transaction for every five minutes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from shop_simulator.errors import ShopNotOpenError
from shop_simulator.shop.database.notes import alone, commit_for_good, due_on, lived_until, plan, set_clock
from shop_simulator.shop.database.state import (
    assortment,
    channels,
    customers_at,
    newest_customer,
    orders_by_status,
)
from shop_simulator.shop.database.writing import Writer
from shop_simulator.shop.plan.changes import Change
from shop_simulator.shop.plan.day_plan import draw_customers, plan_day
from shop_simulator.shop.plan.ticks import ticks
from shop_simulator.shop.truth.figures import Figures
from shop_simulator.shop.truth.versions import VersionsFile, write_figures
from shop_simulator.world import World

if TYPE_CHECKING:
    from psycopg import Connection

_TELL_INSTANT = "select pg_logical_emit_message(true, 'shopflow.at', %s)"


def live(
    connection: "Connection",
    world: World,
    last: date,
    truth_dir: Path,
    *,
    before_day: Callable[[date], None] | None = None,
    on_day: Callable[[Figures], None] | None = None,
    forget_updated_at: bool = False,
) -> None:
    """Live all days up to `last` that the shop has not lived yet. A day that was begun is gone on with.

    Args:
        connection: Only for this, in autocommit mode, as the owner of the shop's tables.
        world: Seed and size.
        last: The last day.
        truth_dir: Where `shop/<date>.versions.jsonl` and `shop/<date>.json` go.
        before_day: Called before each day.
        on_day: Called with the figures of each day after it.
        forget_updated_at: Customers who move keep their old `updated_at`.

    Raises:
        ShopNotOpenError: The shop has not been opened.
    """
    with alone(connection):
        lived = lived_until(connection)
        if lived is None:
            raise ShopNotOpenError
        writer = Writer(connection, forget_updated_at=forget_updated_at)
        while (day := (lived + timedelta.resolution).date()) <= last:
            if before_day is not None:
                before_day(day)
            figures = _live_day(connection, world, day, lived, writer, truth_dir / "shop")
            lived = ticks(day)[-1]
            if on_day is not None:
                on_day(figures)


def _live_day(
    connection: "Connection", world: World, day: date, lived: datetime, writer: Writer, truth_dir: Path
) -> Figures:
    """Live what is left of a day. Its first transaction decides what happens, and keeps that with it."""
    first, *_, last = instants = ticks(day)
    figures: Figures = {}
    due = due_on(connection, day) if lived >= first else {}
    with VersionsFile(truth_dir / f"{day}.versions.jsonl", lived) as truth:
        for instant in instants:
            if instant <= lived or (instant not in due and instant not in (first, last)):
                continue
            with connection.transaction():
                connection.execute(_TELL_INSTANT, [f"{instant.isoformat()}+00:00"])
                if instant == first:
                    plan(connection, day, _plan(connection, world, day))
                    due = due_on(connection, day)
                truth.append(writer.write(due.get(instant, []), instant))
                set_clock(connection, instant)
                if instant == last:
                    refunded = [order for order, _, _ in truth.tally.refunds]
                    by_status = orders_by_status(connection)
                    figures = truth.tally.figures(day, by_status, channels(connection, refunded))
                    write_figures(truth_dir / f"{day}.json", figures)
                    commit_for_good(connection)
    return figures


def _plan(connection: "Connection", world: World, day: date) -> list[Change]:
    newest = newest_customer(connection)
    draws = draw_customers(world, day, newest)
    customers = customers_at(connection, draws.numbers)
    return plan_day(world, day, draws, customers, newest, assortment(connection))
