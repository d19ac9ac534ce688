"""Landed days of a small database, in a domain of their own."""

import pytest

from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack
from tests.spark.shop.bronze.landed_notes import LandedNotes


@pytest.fixture(scope="module")
def notes(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> LandedNotes:
    """The database, of which nothing is landed, with its view in Trino."""
    landed = LandedNotes(Lakehouse(stack), tmp_path_factory.mktemp("lines"))
    landed.clear()
    landed.create_views()
    return landed
