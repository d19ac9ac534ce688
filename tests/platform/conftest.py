"""The carrier, and days that a test has for itself."""

import pytest

from tests.harness.stack import Stack
from tests.platform.carrier import Calendar, Carrier


@pytest.fixture(scope="session")
def carrier(stack: Stack) -> Carrier:
    return Carrier(stack)


@pytest.fixture(scope="session")
def calendar(carrier: Carrier) -> Calendar:
    return Calendar(carrier)
