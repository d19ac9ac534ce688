"""A database per test module, in the stack's PostgreSQL, for one simulated shop after the other."""

from collections.abc import Callable, Iterator

import pytest

from tests.harness.stack import Stack
from tests.spark.shop.simulated_shop import SimulatedShop, database, empty_shop


@pytest.fixture(scope="module")
def new_shop(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], SimulatedShop]]:
    """Gives a shop that has not been opened; the one before it is gone."""
    settings = stack.settings
    server = settings.database_url("postgres", settings.postgres_password).removesuffix("postgres")
    with database(server) as url:
        yield lambda: empty_shop(url, tmp_path_factory.mktemp("truth"))
