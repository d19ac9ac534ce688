"""The shop's tables in a domain of a test's own: the same contracts, and other places in the lake."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from shopflow_assets.domains.shop import DOMAIN
from spark_jobs.contracts.contract import SilverContract, table_rules
from spark_jobs.silver_table import SilverTable


@cache
def tables_of(domain: str, only: tuple[str, ...] = ()) -> tuple[SilverTable, ...]:
    """All tables of the shop, or some of them, in another domain."""
    return tuple(
        SilverTable(_moved(table.contract, domain))
        for table in DOMAIN.tables
        if not only or table.rules.table in only
    )


def _moved(contract: type[SilverContract], domain: str) -> type[SilverContract]:
    rules = replace(table_rules(contract), domain=domain)
    metadata: Mapping[str, Any] = {"rules": rules}
    config = type("Config", (contract.Config,), {"metadata": metadata})
    return type(contract.__name__, (contract,), {"Config": config, "__doc__": contract.__doc__})
