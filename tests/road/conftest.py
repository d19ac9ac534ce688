"""Three simulated days in all layers, which all tests of the road look at and none changes."""

import pytest

from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack
from tests.road.carried import DAYS


# Of the session, so that it is carried once: only this folder sees it, and its tests follow each other.
@pytest.fixture(scope="session")
def road(stack: Stack) -> Lakehouse:
    """The days, carried in one run."""
    lakehouse = Lakehouse(stack)
    lakehouse.empty()
    lakehouse.simulate(DAYS[0], DAYS[-1])
    lakehouse.backfill(DAYS[0], DAYS[-1])
    return lakehouse
