"""The marketplace: its daily export of order lines."""

from shopflow_assets.domain import Domain
from shopflow_assets.sources.files.inbox import Inbox
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.silver_table import SilverTable

DOMAIN = Domain(
    name="ecommerce",
    source=Inbox("The marketplace's export as it arrives: one folder per day with CSV and JSON lines."),
    tables=(SilverTable(OrderLines),),
)
