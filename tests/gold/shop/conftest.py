"""The shop's lake."""

from collections.abc import Callable

import pytest

from tests.harness.gold_lake import GoldLake


@pytest.fixture
def lake(lake_of: Callable[[str], GoldLake]) -> GoldLake:
    """The lake without rows."""
    lake = lake_of("shop")
    lake.empty()
    return lake
