"""Rows of the shop's tables as its tests need them; columns that are not given have a value that fits."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.harness.gold_silver import Row


def customer(customer_id: int, **values: Any) -> Row:
    """A customer of Berlin."""
    about = {"name": f"Customer {customer_id}", "email": None, "city": "Berlin", "region": "EU"}
    return {"customer_id": customer_id, **about, "signup_date": date(2025, 1, 1), **values}


def product(product_id: int, **values: Any) -> Row:
    """A product of the first supplier."""
    about = {"name": f"Product {product_id}", "category": "Audio", "unit_price": Decimal(10)}
    return {"product_id": product_id, **about, "subtype_id": 1, "supplier_id": 1, **values}


def address(address_id: int, **values: Any) -> Row:
    """An address in Berlin."""
    about = {"street": f"Street {address_id}", "city": "Berlin", "region": "EU", "postal_code": "10115"}
    return {"address_id": address_id, **about, "country": "DE", **values}


def supplier(supplier_id: int, **values: Any) -> Row:
    """A supplier."""
    return {"supplier_id": supplier_id, "name": f"Supplier {supplier_id}", "country": "DE", **values}


def order(order_id: int, customer_id: int, order_ts: datetime, **values: Any) -> Row:
    """An order of one piece for 10."""
    about = {"status": "placed", "amount": Decimal(10), "channel": "web", "address_id": 1, "currency": "EUR"}
    money = dict.fromkeys(("discount", "shipping", "tax"), Decimal(0))
    header = {"customer_id": customer_id, "order_ts": order_ts, "payment_method": "card"}
    return {"order_id": order_id, **header, **about, **money, **values}


def item(order_id: int, product_id: int = 1, **values: Any) -> Row:
    """One piece for 10."""
    return {
        "order_id": order_id,
        "product_id": product_id,
        "quantity": 1,
        "unit_price": Decimal(10),
        **values,
    }


def payment(payment_id: int, order_id: int, **values: Any) -> Row:
    """An authorised payment of 10."""
    about = {"amount": Decimal(10), "currency": "EUR", "method": "card", "status": "authorised"}
    return {"payment_id": payment_id, "order_id": order_id, **about, **values}


def refund(refund_id: int, order_id: int, amount: Decimal, **values: Any) -> Row:
    """A refund that succeeded."""
    about = {"payment_id": order_id, "currency": "EUR", "status": "succeeded", "reason": "Broken"}
    return {"refund_id": refund_id, "order_id": order_id, "amount": amount, **about, **values}


def shipment(shipment_id: int, order_id: int, shipped_at: datetime, **values: Any) -> Row:
    """A parcel on its way."""
    about = {"carrier": "Post", "shipped_at": shipped_at}
    return {"shipment_id": shipment_id, "order_id": order_id, **about, **values}
