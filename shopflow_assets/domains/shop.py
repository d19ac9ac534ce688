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

DOMAIN = Domain(
    name="shop",
    source=Database(
        "The shop's PostgreSQL database: all changes of its tables.",
        schema="shop",
        withheld={"payments": frozenset({"card_number", "card_expiry", "card_cvc"})},
    ),
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
)
