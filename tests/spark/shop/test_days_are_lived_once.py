"""The same days are the same rows, however they are asked for and wherever the simulator is stopped."""

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import psycopg
import pytest

from local_stack.home import CHECKOUT
from shop_simulator.errors import ShopBusyError, ShopConnectionError, ShopNotOpenError
from shop_simulator.shop.database import notes
from shop_simulator.shop.living import live
from shop_simulator.shop.opening import open_shop
from shop_simulator.world import OPENING, World
from tests.spark.shop.simulated_shop import WORLD, SimulatedShop

TWO_DAYS = 2
# Kills its own process where `{module}.{function}` is called for the n-th time.
KILLED = """
import importlib, os, signal, sys
from datetime import date
from pathlib import Path
from tests.spark.shop.simulated_shop import SimulatedShop

module_name, function, calls, url, truth_dir = sys.argv[1:]
module, left = importlib.import_module(module_name), int(calls)
called = getattr(module, function)

def kill_at_last(*arguments, **named):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return called(*arguments, **named)

setattr(module, function, kill_at_last)
SimulatedShop(url, Path(truth_dir)).live(2)
"""


@dataclass(frozen=True)
class Outcome:
    """All rows and all files of a shop."""

    content: dict[str, list[str]]
    truth: dict[str, bytes]

    @classmethod
    def of(cls, shop: SimulatedShop) -> "Outcome":
        return cls(shop.content(), shop.truth())


@pytest.fixture(scope="module")
def never_stopped(new_shop: Callable[[], SimulatedShop]) -> Outcome:
    shop = new_shop()
    shop.live(TWO_DAYS)
    return Outcome.of(shop)


def test_days_can_be_lived_one_by_one_and_again(
    never_stopped: Outcome, new_shop: Callable[[], SimulatedShop]
) -> None:
    shop = new_shop()
    for days in (0, 1, 1, 2, 1):
        shop.live(days)
    assert Outcome.of(shop) == never_stopped


@pytest.mark.parametrize(
    ("module", "function", "calls", "lived"),
    [
        pytest.param("opening", "line_of", 1000, "None", id="while-the-history-is-written"),
        pytest.param("living", "set_clock", 1, "2025-12-31 23:59", id="before-the-first-commit-of-a-day"),
        pytest.param("living", "set_clock", 40, "2026-01-01 1", id="before-a-commit-of-the-first-day"),
        pytest.param("truth.versions", "line_of", 200, "2026-01-01 1", id="within-a-transaction's-truth"),
        pytest.param("living", "plan_day", 2, "2026-01-01 23:59", id="while-the-second-day-is-planned"),
        pytest.param("living", "write_figures", 2, "2026-01-02 23:", id="before-the-figures-of-a-day"),
    ],
)
def test_a_killed_simulator_goes_on_where_it_stopped(
    never_stopped: Outcome,
    new_shop: Callable[[], SimulatedShop],
    module: str,
    function: str,
    calls: int,
    lived: str,
) -> None:
    shop = new_shop()
    arguments = [f"shop_simulator.shop.{module}", function, str(calls), shop.url, str(shop.truth_dir)]
    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], cwd=CHECKOUT, check=False)
    assert killed.returncode == -signal.SIGKILL
    with shop.connection() as connection:
        assert str(notes.lived_until(connection)).startswith(lived)
    shop.live(TWO_DAYS)
    assert Outcome.of(shop) == never_stopped


def test_half_a_line_of_a_killed_simulator_is_dropped(
    never_stopped: Outcome, new_shop: Callable[[], SimulatedShop]
) -> None:
    shop = new_shop()
    shop.live(1)
    half = shop.truth_dir / "shop" / f"{OPENING + timedelta(days=1)}.versions.jsonl"
    half.write_bytes(b'{"table": "orders", "op": "c", "at": "2026-01-')
    shop.live(TWO_DAYS)
    assert Outcome.of(shop) == never_stopped


def test_any_number_of_orders_can_be_lived(new_shop: Callable[[], SimulatedShop]) -> None:
    """Another number than at the opening, too: the days go on from what is in the database."""
    shop = new_shop()
    shop.live(1)
    with shop.connection() as connection:
        for number, orders in enumerate((1, 300, 2), start=1):
            live(connection, World(7, orders), OPENING + timedelta(days=number), shop.truth_dir)
    placed = (
        "select count(*) from shop.orders where order_ts > '2026-01-02' group by order_ts::date order by 1"
    )
    assert [round(count, -1) for (count,) in shop.rows(placed)] == [0, 0, 310]


def test_days_cannot_be_lived_in_a_shop_that_is_not_open(new_shop: Callable[[], SimulatedShop]) -> None:
    shop = new_shop()
    with shop.connection() as connection:
        assert notes.lived_until(connection) is None
        with pytest.raises(ShopNotOpenError):
            live(connection, WORLD, OPENING, shop.truth_dir)


def test_a_connection_that_does_not_commit_is_refused(new_shop: Callable[[], SimulatedShop]) -> None:
    shop = new_shop()
    with psycopg.connect(shop.url) as connection, pytest.raises(ShopConnectionError):
        open_shop(connection, WORLD, shop.truth_dir)


def test_only_one_simulator_lives_a_shop(
    new_shop: Callable[[], SimulatedShop], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "_LOCK_SECONDS", 1)
    shop = new_shop()
    with (
        shop.connection() as first,
        shop.connection() as second,
        notes.alone(first),
        pytest.raises(ShopBusyError, match="another simulator"),
    ):
        open_shop(second, WORLD, shop.truth_dir)
