"""The domains as the tests take them, found from what is declared: a new table needs no entry here."""

from shopflow_assets.registry import DOMAINS
from spark_jobs.contracts.contract import SilverContract
from spark_jobs.silver_table import SilverTable


def silver_table(contract: type[SilverContract]) -> SilverTable:
    """The contract as its domain declares it; one that no domain declares is taken as it is."""
    declared = {table.contract: table for domain in DOMAINS.values() for table in domain.tables}
    return declared.get(contract, SilverTable(contract))
