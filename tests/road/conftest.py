"""Three days of all domains, carried by one backfill, and seven more of the shop. Tests change none."""

from datetime import date

import pytest

from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack
from tests.platform.deliveries.carrier import Carrier, as_json, parcels
from tests.road.carried import DAYS, SHOP_DAYS

SHOP_ORDERS = "60"


# Of the session, so that the days are carried once. Only the tests of this folder use it.
@pytest.fixture(scope="session")
def road(stack: Stack) -> Lakehouse:
    """The days, carried in one run per range, once per stack."""
    lakehouse, carrier = Lakehouse(stack), Carrier(stack)
    if DAYS[0] in carrier.landed_days(carrier):
        return lakehouse
    lakehouse.simulate(DAYS[0], DAYS[-1])
    _live_shop(stack, DAYS)
    # So many parcels that two broken records do not hold the day back.
    carrier.deliver_days(*DAYS, posted=60)
    copies = as_json(parcels(DAYS[1])[-2:])
    carrier.deliver(DAYS[1], "broken.jsonl", copies + "{\n[\n")
    stack.shopflow("backfill", f"{DAYS[0]}", f"{DAYS[-1]}")
    alone = SHOP_DAYS[len(DAYS) :]
    _live_shop(stack, alone)
    stack.shopflow("backfill", f"{alone[0]}", f"{alone[-1]}", "--domain", "shop")
    return lakehouse


def _live_shop(stack: Stack, days: list[date]) -> None:
    stack.shopflow("simulate", f"{days[0]}", f"{days[-1]}", "--only", "shop", "--shop-orders", SHOP_ORDERS)
