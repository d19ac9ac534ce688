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

ORDERS_PLACED = """
select
    cast(order_ts as date) as day, count(*) as orders, count(distinct customer_id) as customers,
    sum(amount) as amount
from silver.shop.orders
where _op = 'c'
group by 1
order by 1"""
CHANGES_SEEN = """
select
    partition_date as day, count_if(_op = 'r') as read, count_if(_op = 'c') as placed,
    count_if(_op = 'u' and status = 'paid') as paid, count_if(_op = 'u' and status = 'shipped') as shipped,
    count_if(_op = 'u' and status = 'delivered') as delivered,
    count_if(_op = 'u' and status = 'cancelled') as cancelled, count_if(_op = 'd') as deleted
from silver.shop.orders
group by 1
order by 1"""

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
        "Orders that the shop's database got": ORDERS_PLACED,
        "What became of the shop's orders": CHANGES_SEEN,
    },
)
