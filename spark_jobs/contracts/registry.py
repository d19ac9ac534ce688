"""All contracts, in the order in which their tables are created and shown."""

from spark_jobs.contracts.contract import Contract
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.contracts.quality import Quarantine, RowLedger

CONTRACTS: tuple[type[Contract], ...] = (OrderLines, Quarantine, RowLedger)
