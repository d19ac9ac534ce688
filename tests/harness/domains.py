"""The domains as the tests take them, found from what is declared: a new table needs no entry here."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from pyspark.sql import DataFrame

from shopflow_assets.registry import CONTRACTS
from spark_jobs.contracts.contract import SilverContract, table_rules
from spark_jobs.silver_job import SilverTable

SILVER_CONTRACTS = tuple(contract for contract in CONTRACTS if issubclass(contract, SilverContract))


@dataclass(frozen=True)
class Domain:
    """A domain with the contracts of its silver tables."""

    name: str
    contracts: tuple[type[SilverContract], ...]


DOMAINS = {
    name: Domain(name, tuple(c for c in SILVER_CONTRACTS if table_rules(c).domain == name))
    for name in dict.fromkeys(table_rules(contract).domain for contract in SILVER_CONTRACTS)
}


def silver_table(contract: type[SilverContract]) -> SilverTable:
    """The contract with its transform: the function of the table's name in the domain's silver module."""
    rules = table_rules(contract)
    module = import_module(f"spark_jobs.silver.{rules.domain}")
    return SilverTable(contract, cast("Callable[[DataFrame], DataFrame]", getattr(module, rules.table)))
