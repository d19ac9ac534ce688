"""The marketplace: its daily export of order lines."""

from shopflow_assets.domain import Domain
from shopflow_assets.sources.files.inbox import Inbox
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.silver_table import SilverTable

REVENUE_BY_DAY = """
select
    order_date as day, orders, customers, revenue, cast(average_order_value as decimal(18, 2)) as average,
    cast(cast(100 * cancelled_share as decimal(5, 1)) as varchar) || ' %' as cancelled,
    cast(cast(100 * returned_share as decimal(5, 1)) as varchar) || ' %' as returned
from gold.ecommerce.business_metrics
order by 1"""
TOP_PRODUCTS = """
select
    p.product_id as product, p.product_name as name, p.category, sum(i.quantity) as quantity,
    sum(i.total_amount) as revenue
from gold.ecommerce.order_items as i
inner join gold.ecommerce.orders as o on i.order_id = o.order_id
inner join gold.ecommerce.products as p on i.product_id = p.product_id
where o.order_status not in ('cancelled', 'returned')
group by 1, 2, 3
order by 5 desc, 1
limit 10"""

DOMAIN = Domain(
    name="ecommerce",
    source=Inbox("The marketplace's export as it arrives: one folder per day with CSV and JSON lines."),
    tables=(SilverTable(OrderLines),),
    questions={
        "Revenue by day of order": REVENUE_BY_DAY,
        "Top products by revenue": TOP_PRODUCTS,
    },
)
