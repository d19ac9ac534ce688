"""Lives the shop's days in its database."""

from datetime import UTC, date, datetime, timedelta

from rich.console import Console

from local_stack.environments import enter_dagster_environment
from local_stack.errors import FeedRefusedError, UnreachableError
from local_stack.home import Home
from local_stack.services.supervision import settings_to_use
from shop_simulator.errors import SimulationError
from shopflow_assets.errors import ShopFlowError, SourceError
from shopflow_cli.simulate.progress import progress_over


def has_own_shop(home: Home) -> bool:
    """Whether the pipeline reads a database that is not this stack's own, and so not simulated."""
    return home.settings().oltp_url is not None


def live_shop(
    home: Home, last: date, console: Console, *, orders: int, seed: int, land_each_day: bool = False
) -> None:
    """Live all days up to `last`; before the first, open the shop and let its change stream begin.

    Raises:
        FeedRefusedError: The simulator or the landing refuses.
        UnreachableError: PostgreSQL does not answer.
    """
    import psycopg

    from shop_simulator.shop.database.notes import lived_until
    from shop_simulator.shop.living import live
    from shop_simulator.shop.opening import open_shop
    from shop_simulator.world import OPENING, World

    settings, world = settings_to_use(home), World(seed, orders)
    lands = _Landing(home)
    lived: list[str] = []
    try:
        with psycopg.connect(settings.shop_owner_url, autocommit=True) as shop:
            if last < OPENING:
                raise SimulationError(f"the shop opens on {OPENING}; ask for {OPENING} or a later day")
            open_shop(shop, world, home.truth)
            lands.begin()
            until = lived_until(shop) or datetime.now(UTC)
            days = max(0, (last - until.date()).days)
            with progress_over(days, console) as advance:

                def before_day(day: date) -> None:
                    if land_each_day:
                        lands.land(day - timedelta(days=1))

                def on_day(figures: dict) -> None:
                    lived.append(figures["date"])
                    advance(figures["date"])

                live(shop, world, last, home.truth, before_day=before_day, on_day=on_day)
            if land_each_day:
                lands.land(last)
    except (SimulationError, ShopFlowError) as error:
        raise FeedRefusedError(f"The shop lived {_days(lived)}: {error}") from error
    except psycopg.OperationalError as error:
        raise UnreachableError("PostgreSQL", error) from error
    what = _days(lived) if lived else f"no day: it has lived {last} already"
    console.print(f"  the shop lived {what}; the true numbers are in {home.truth / 'shop'}", soft_wrap=True)


def _days(lived: list[str]) -> str:
    if len(lived) < 2:
        return f"1 day, {lived[0]}" if lived else "no day"
    return f"{len(lived)} days, {lived[0]} to {lived[-1]}"


class _Landing:
    """What the pipeline lands while the shop lives."""

    def __init__(self, home: Home) -> None:
        enter_dagster_environment(home, settings_to_use(home))
        from shopflow_assets.domains.shop import DATABASE, DOMAIN

        self._database, self._tables = DATABASE, DOMAIN.tables

    def begin(self) -> None:
        """Let the change stream begin, so that it has all days that are lived from now on."""
        self._database.begin(self._tables, datetime.now(UTC))

    def land(self, day: date) -> None:
        """Land a day."""
        from shopflow_assets.settings import settings

        if day < settings().start_date:
            return
        for _, landings in self._database.land(self._tables, self._tables, [day], datetime.now(UTC)):
            if problem := next((each.problem for each in landings.values() if each.problem), ""):
                raise SourceError(problem)
