"""The contracts that tests take as parameters: all declared ones, and two that are not declared."""

import pytest

from shopflow_assets.registry import SILVER_TABLES
from spark_jobs.contracts.contract import SilverContract
from spark_jobs.contracts.table import table_of
from tests.platform.post_domain.spark_jobs.contracts.post.parcels import Parcels
from tests.platform.post_domain.spark_jobs.contracts.post.scans import Scans


def parameters(*contracts: type[SilverContract]) -> list:
    """The contracts as parameters of a test, each marked with its domain."""
    return [
        pytest.param(table.contract, id=table.name, marks=pytest.mark.domain(table.domain))
        for table in map(table_of, contracts)
    ]


# A declared table is tested with no further work. The last two show that any contract can be tested.
CONTRACTS = parameters(*(table.contract for table in SILVER_TABLES), Parcels, Scans)
