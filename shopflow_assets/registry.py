"""All declared domains, found in `shopflow_assets/domains/`, and all tables of silver."""

from importlib import import_module
from pkgutil import iter_modules

from shopflow_assets import domains
from shopflow_assets.domain import Domain
from spark_jobs.contracts.quality import QUARANTINE, ROW_LEDGER
from spark_jobs.contracts.table import Table
from spark_jobs.silver_table import SilverTable

DOMAINS: dict[str, Domain] = {
    module.name: import_module(f"{domains.__name__}.{module.name}").DOMAIN
    for module in sorted(iter_modules(domains.__path__), key=lambda module: module.name)
}
SILVER_TABLES: tuple[SilverTable, ...] = tuple(t for domain in DOMAINS.values() for t in domain.tables)
# In the order in which they are created and shown.
TABLES: tuple[Table, ...] = (*SILVER_TABLES, QUARANTINE, ROW_LEDGER)
