"""A shop that nobody simulates, in a database of its own, and landed once."""

from collections.abc import Iterator

import pytest

from tests.harness.shop_source import ShopSource
from tests.harness.stack import Stack
from tests.spark.shop.landing.pipeline import land

# Foreign keys are not checked, so that a test needs no more rows than it is about.
ROWS = """
set session_replication_role = replica;
insert into shop.suppliers values (1, 'Acme', 'DE'), (2, 'Bolt', 'FR'), (3, 'Cog', 'US');
insert into shop.customers values
    (1, 'Ada', 'ada@example.com', 'London', null, '2026-01-01'), (2, 'Bo', null, null, 'x', '2026-01-02');
insert into shop.products values (1, 'Lamp', 'Home', 10.00, 1, 1);
insert into shop.orders values
    (1, 1, '2026-01-01 10:00:00', 'placed', 25.00, 'web', 1, 'card', 0, 4.90, 0.10, 'EUR');
insert into shop.order_items values (1, 1, 2, 10.00);
insert into shop.payments values
    (1, 1, 25.00, 'EUR', 'card', 'captured', 'ch_1', 'tok_1', 'Visa', '4111111111111111', '01/30', '123')
"""


@pytest.fixture
def unlanded(stack: Stack) -> Iterator[ShopSource]:
    yield from _shop(stack, is_simulated=False)


@pytest.fixture
def simulated(stack: Stack) -> Iterator[ShopSource]:
    """A simulated shop that has opened, and has not lived its first day. Nothing is landed."""
    for shop in _shop(stack, is_simulated=True):
        shop.execute("insert into simulator.clock values ('2025-12-31 23:59:59.999999')")
        yield shop


def _shop(stack: Stack, *, is_simulated: bool) -> Iterator[ShopSource]:
    source = ShopSource(stack, "shop_landing")
    source.create(is_simulated=is_simulated)
    with source.connect() as shop:
        shop.execute(ROWS)
    yield source
    source.drop()


@pytest.fixture
def shop(unlanded: ShopSource) -> ShopSource:
    assert land(unlanded) == {}
    return unlanded
