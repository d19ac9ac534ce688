"""The shop: the tables of its PostgreSQL database."""

from shopflow_assets.domain import Domain
from shopflow_assets.sources.database.database import Database
from spark_jobs.contracts.shop.addresses import Addresses
from spark_jobs.contracts.shop.customer_addresses import CustomerAddresses
from spark_jobs.contracts.shop.customers import Customers
from spark_jobs.contracts.shop.order_items import OrderItems
from spark_jobs.contracts.shop.orders import Orders
from spark_jobs.contracts.shop.payments import Payments
from spark_jobs.contracts.shop.product_subtypes import ProductSubtypes
from spark_jobs.contracts.shop.product_types import ProductTypes
from spark_jobs.contracts.shop.products import Products
from spark_jobs.contracts.shop.refunds import Refunds
from spark_jobs.contracts.shop.shipment_lines import ShipmentLines
from spark_jobs.contracts.shop.shipments import Shipments
from spark_jobs.contracts.shop.suppliers import Suppliers
from spark_jobs.silver_table import SilverTable

# What is a sale, dbt_gold/macros/shop/counts_as_sale.sql says.
REVENUE_BY_DAY = """
select
    date.full_date as day, count(distinct sale.order_id) as orders,
    count(distinct sale.customer_id) as customers, sum(sale.line_revenue) as revenue
from gold.shop.fact_sales as sale
inner join gold.shop.dim_date as date on sale.date_key = date.date_key
inner join gold.shop.dim_status as status on sale.status_key = status.status_key
where status.status <> 'cancelled'
    and sale.order_ts >= (
        select date_trunc('day', max(order_ts)) - interval '6' day from gold.shop.fact_sales
    )
group by 1
order by 1"""
REVENUE_BY_CHANNEL = """
select
    store.store_name as channel, count(distinct sale.order_id) as orders, sum(sale.line_revenue) as revenue
from gold.shop.fact_sales as sale
inner join gold.shop.dim_store as store on sale.store_key = store.store_key
inner join gold.shop.dim_status as status on sale.status_key = status.status_key
where status.status <> 'cancelled'
group by 1
order by 3 desc"""
REVENUE_BY_CITY = """
select
    customer.city, count(distinct sale.order_id) as orders, sum(sale.line_revenue) as revenue
from gold.shop.fact_sales as sale
inner join gold.shop.dim_customer as customer on sale.customer_key = customer.customer_key
inner join gold.shop.dim_status as status on sale.status_key = status.status_key
where status.status <> 'cancelled'
group by 1
order by 3 desc, 1
limit 5"""
REVENUE_BY_CATEGORY = """
select
    product.category, sum(sale.quantity) as quantity, sum(sale.line_revenue) as revenue
from gold.shop.fact_sales as sale
inner join gold.shop.dim_product as product on sale.product_key = product.product_key
inner join gold.shop.dim_status as status on sale.status_key = status.status_key
where status.status <> 'cancelled'
group by 1
order by 3 desc
limit 5"""

DATABASE = Database(
    "The shop's PostgreSQL database: all changes of its tables.",
    schema="shop",
    withheld={"payments": frozenset({"card_number", "card_expiry", "card_cvc"})},
)
DOMAIN = Domain(
    name="shop",
    source=DATABASE,
    tables=(
        SilverTable(Customers),
        SilverTable(Products),
        SilverTable(Orders),
        SilverTable(OrderItems),
        SilverTable(Addresses),
        SilverTable(CustomerAddresses),
        SilverTable(ProductTypes),
        SilverTable(ProductSubtypes),
        SilverTable(Suppliers),
        SilverTable(Payments),
        SilverTable(Refunds),
        SilverTable(Shipments),
        SilverTable(ShipmentLines),
    ),
    questions={
        "The shop's revenue by day of order": REVENUE_BY_DAY,
        "The shop's revenue by channel": REVENUE_BY_CHANNEL,
        "The shop's revenue by city of the customer at the time of the sale": REVENUE_BY_CITY,
        "The shop's revenue by category of the product at the time of the sale": REVENUE_BY_CATEGORY,
    },
)
