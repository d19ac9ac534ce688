"""Rows of silver as the tests of the marketplace's gold need them."""

from datetime import date, datetime
from typing import Any

from spark_jobs.contracts.contract import columns
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from tests.harness.gold_silver import Row


def line(day: date, order_id: str, product_id: str, **values: Any) -> Row:
    """An order line; columns that are not given have a value that fits the contract."""
    return {
        **dict.fromkeys(column.name for column in columns(OrderLines)),
        "order_id": order_id,
        "product_id": product_id,
        "customer_id": "ann",
        "order_date": datetime(day.year, day.month, day.day, 10),
        "price": 10,
        "quantity": 1,
        "discount": 0,
        "total_amount": 10,
        "payment_method": "paypal",
        "shipping_method": "express",
        "order_status": "pending",
        "partition_date": day,
        "source_file": "orders.csv",
        "ingested_at": datetime(2026, 2, 1),
        **values,
    }


def quarantined(day: date, record: str, domain: str = "ecommerce") -> Row:
    """A refused order line."""
    return {
        "domain": domain,
        "table_name": "order_lines",
        "partition_date": day,
        "record": record,
        "reasons": ["price: required"],
        "source_file": "orders.csv",
        "ingested_at": datetime(2026, 2, 1),
    }
