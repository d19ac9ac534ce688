"""What the tests need of the declared domains. A new table needs no entry here."""

from shopflow_assets.registry import DOMAINS
from spark_jobs.contracts.contract import SilverContract
from spark_jobs.silver_table import SilverTable


def silver_table(contract: type[SilverContract]) -> SilverTable:
    """The silver table that a domain declares for a contract, or a plain one if no domain declares it."""
    declared = {table.contract: table for domain in DOMAINS.values() for table in domain.tables}
    return declared.get(contract, SilverTable(contract))
