"""All declared domains, found in `shopflow_assets/domains/`, and the contracts of all their tables."""

from importlib import import_module
from pkgutil import iter_modules

from shopflow_assets import domains
from shopflow_assets.domain import Domain
from spark_jobs.contracts.contract import Contract, SilverContract
from spark_jobs.contracts.quality import Quarantine, RowLedger

DOMAINS: dict[str, Domain] = {
    module.name: import_module(f"{domains.__name__}.{module.name}").DOMAIN
    for module in sorted(iter_modules(domains.__path__), key=lambda module: module.name)
}
SILVER_CONTRACTS: tuple[type[SilverContract], ...] = tuple(
    contract for domain in DOMAINS.values() for contract in domain.contracts
)
# In the order in which their tables are created and shown.
CONTRACTS: tuple[type[Contract], ...] = (*SILVER_CONTRACTS, Quarantine, RowLedger)
