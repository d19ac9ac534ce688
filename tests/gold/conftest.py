"""The lakes in which the tests of gold work: one per domain, made once."""

from collections.abc import Callable
from functools import cache

import pytest

from shopflow_assets.registry import DOMAINS
from tests.harness.gold_lake import GoldLake
from tests.harness.stack import Stack


@pytest.fixture(scope="session")
def lake_of(stack: Stack) -> Callable[[str], GoldLake]:
    """The lake of a domain, by the domain's name. It may hold rows of other tests."""
    return cache(lambda domain: GoldLake(stack.home, DOMAINS[domain]))
