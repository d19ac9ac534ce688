"""Simulated shops in the stack's PostgreSQL, and landed notes in its lake."""

from collections.abc import Callable, Iterator

import pytest

from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack
from tests.spark.shop.landed_notes import LandedNotes
from tests.spark.shop.simulated_shop import SimulatedShop, database, empty_shop


@pytest.fixture(scope="module")
def new_shop(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], SimulatedShop]]:
    """Gives a shop that has not been opened; the one before it is gone. The database is the module's own."""
    settings = stack.settings
    server = settings.database_url("postgres", settings.postgres_password).removesuffix("postgres")
    with database(server) as url:
        yield lambda: empty_shop(url, tmp_path_factory.mktemp("truth"))


@pytest.fixture(scope="module")
def notes(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> LandedNotes:
    """A database of which nothing is landed, with its views in Trino."""
    landed = LandedNotes(Lakehouse(stack), tmp_path_factory.mktemp("lines"))
    landed.clear()
    landed.create_views()
    return landed
