"""`shopflow simulate`: the marketplace delivers its days, and the shop lives them in its database."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from local_stack.errors import FeedRefusedError
from local_stack.home import Home
from shop_simulator.errors import EmptyRangeError
from shopflow_cli.days import parse_day
from shopflow_cli.simulate.marketplace import simulate_feed
from shopflow_cli.simulate.shop import has_own_shop, live_shop


class Domain(StrEnum):
    """The domains that are simulated."""

    ECOMMERCE = "ecommerce"
    SHOP = "shop"


def next_steps(start: date, end: date, first_partition: date, today: date) -> list[str]:
    """What to do with the simulated days: a run takes days from the first partition to today only."""
    first, last = max(start, first_partition), min(end, today)
    steps = [f"Next: shopflow backfill {first} {last}"] if first <= last else []
    if start < first_partition:
        steps.append(
            f"Days before {first_partition} cannot be run: that is this stack's SHOPFLOW_START_DATE."
        )
    if end > today:
        coming = max(start, today + timedelta(days=1))
        steps.append(f"Days from {coming} on can be run when they have begun; today is {today} (UTC).")
    return steps


def command(
    first: Annotated[str, typer.Argument(metavar="FROM", help="First day, YYYY-MM-DD, from 2026-01-01 on.")],
    last: Annotated[str, typer.Argument(metavar="TO", help="Last day, YYYY-MM-DD; included.")],
    only: Annotated[Domain | None, typer.Option(help="Only this one; both without it.")] = None,
    orders: Annotated[
        int, typer.Option(min=1, help="About how many orders the marketplace exports a day.")
    ] = 5000,
    shop_orders: Annotated[
        int, typer.Option(min=1, help="About how many orders the shop gets a day.")
    ] = 1000,
    seed: Annotated[int, typer.Option(help="Another seed gives other orders.")] = 42,
    land_each_day: Annotated[
        bool, typer.Option("--land-each-day", help="Land each day of the shop before the next is lived.")
    ] = False,
) -> None:
    """Put one marketplace export per day into the inbox, and live the shop's days in its database.

    The export is orders.csv and orders.jsonl, with defects. The shop lives its days in order, also those
    before FROM that it has not lived; days that it has lived stay as they are. Before the first, the
    shop's history of 15 months is landed, with which its change stream begins. The days are landed only with
    `--land-each-day`; what is landed waits for `shopflow backfill` to make silver of it.

    The same seed and day give the same data. What is true about it is written to `$SHOPFLOW_HOME/truth/`; the
    pipeline does not read that.
    """
    home, console = Home.current(), Console(highlight=False, soft_wrap=True)
    start, end = parse_day(first), parse_day(last)
    if end < start:
        raise FeedRefusedError(f"Nothing was simulated: {EmptyRangeError(start, end)}.")
    if only is not Domain.SHOP:
        simulate_feed(home, start, end, console, orders=orders, seed=seed)
    if has_own_shop(home):
        if only is Domain.SHOP:
            raise FeedRefusedError("SHOPFLOW_OLTP_URL names a shop of your own: only you can live its days.")
    elif only is not Domain.ECOMMERCE:
        live_shop(home, end, console, orders=shop_orders, seed=seed, land_each_day=land_each_day)
    domain = f" --domain {only}" if only else ""
    for step in next_steps(start, end, home.settings().start_date, datetime.now(UTC).date()):
        console.print(step + (domain if step.startswith("Next:") else ""))
