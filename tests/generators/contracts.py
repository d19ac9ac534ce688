"""The contracts that tests take as parameters: all declared ones, and two that are not declared."""

import pytest

from shopflow_assets.registry import SILVER_CONTRACTS
from spark_jobs.contracts.contract import SilverContract, table_rules
from tests.platform.post_domain.spark_jobs.contracts.post.parcels import Parcels
from tests.platform.post_domain.spark_jobs.contracts.post.scans import Scans


def parameters(*contracts: type[SilverContract]) -> list:
    """The contracts as parameters of a test, each marked with its domain."""
    return [
        pytest.param(contract, id=f"{rules.domain}.{rules.table}", marks=pytest.mark.domain(rules.domain))
        for contract in contracts
        for rules in [table_rules(contract)]
    ]


# A declared table is tested with no further work. The last two show that any contract can be tested.
CONTRACTS = parameters(*SILVER_CONTRACTS, Parcels, Scans)
