"""Simulated shops in databases of their own, in the stack's PostgreSQL."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from shop_simulator.world import OPENING
from tests.harness.stack import Stack
from tests.spark.shop.simulated_shop import DAYS, SimulatedShop, database, empty_shop


@pytest.fixture(scope="session")
def server(stack: Stack) -> str:
    """The address of the server, as its superuser, without a database."""
    settings = stack.settings
    return settings.database_url("postgres", settings.postgres_password).removesuffix("postgres")


@pytest.fixture(scope="module")
def new_shop(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], SimulatedShop]]:
    """Gives a shop that has not been opened; the one before it is gone."""
    with database(server) as url:
        yield lambda: empty_shop(url, tmp_path_factory.mktemp("truth"))


@pytest.fixture(scope="session")
def shop(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedShop]:
    """A shop that has lived two weeks. Tests only read it."""
    with database(server) as url:
        lived = empty_shop(url, tmp_path_factory.mktemp("truth"))
        lived.live(DAYS)
        yield lived


@pytest.fixture(scope="session")
def versions(shop: SimulatedShop) -> list[dict]:
    """All changes that the shop's truth knows, in their order."""
    days = [str(OPENING + timedelta(days=number)) for number in range(DAYS)]
    files = [shop.truth_dir / "shop" / f"{name}.versions.jsonl" for name in ("history", *days)]
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
