"""The feed of a lakehouse, and a day with an export in the inbox."""

from datetime import date
from pathlib import Path

import pytest

from shop_simulator.marketplace import simulate
from shopflow_assets.bronze.landing import Feed
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack
from tests.spark.landing.deliveries import DAYS


@pytest.fixture(scope="module")
def lakehouse(stack: Stack) -> Lakehouse:
    return Lakehouse(stack)


@pytest.fixture(scope="module")
def feed(lakehouse: Lakehouse) -> Feed:
    return lakehouse.feed


@pytest.fixture
def day(lakehouse: Lakehouse, tmp_path: Path) -> date:
    """A day with an export in the inbox."""
    day = next(DAYS)
    simulate(
        day,
        day,
        orders_per_day=20,
        seed=7,
        put=lambda key, body: lakehouse.s3.put_object(Bucket="inbox", Key=key, Body=body),
        truth_dir=tmp_path,
    )
    return day
