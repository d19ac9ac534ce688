"""The feed of a lakehouse, and a day with an export in the inbox."""

from datetime import date
from pathlib import Path

import pytest

from shopflow_assets.sources.files.landing import Feed
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack
from tests.spark.landing.deliveries import simulated_day


@pytest.fixture(scope="module")
def lakehouse(stack: Stack) -> Lakehouse:
    return Lakehouse(stack)


@pytest.fixture(scope="module")
def feed(lakehouse: Lakehouse) -> Feed:
    return lakehouse.feed


@pytest.fixture
def day(lakehouse: Lakehouse, tmp_path: Path) -> date:
    """A day with an export in the inbox."""
    return simulated_day(lakehouse, tmp_path)
