"""The carrier, and days that only one test uses."""

from datetime import date

import pytest

from tests.harness.stack import Stack
from tests.platform.deliveries.carrier import Calendar, Carrier


@pytest.fixture(scope="session")
def carrier(stack: Stack) -> Carrier:
    return Carrier(stack)


@pytest.fixture(scope="session")
def calendar(carrier: Carrier) -> Calendar:
    return Calendar(carrier)


@pytest.fixture(scope="session")
def carried_days(carrier: Carrier, calendar: Calendar) -> list[date]:
    """Three days in all layers, made by one run. A test that changes them restores them."""
    days = calendar.take(3)
    carrier.carry(*days)
    return days
