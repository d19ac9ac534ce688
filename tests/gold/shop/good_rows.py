"""Silver from which gold without any error is made, and changes that break the shop's own rules."""

from datetime import datetime, timedelta
from decimal import Decimal

from tests.gold.shop import rows
from tests.gold.shop.change_log import ChangeLog
from tests.harness.gold_lake import START, GoldLake

KEYS = 60
# By data test, the change of a row that breaks its rule.
RULES = {
    "fact_orders_amount_is_sum_of_lines": "tax = tax + 1",
    "fact_sales_revenue_is_exact": "line_revenue = line_revenue + 0.01",
}


def deliver(lake: GoldLake) -> None:
    """One row of each table per key. One more order waits for its address."""
    log, noon = ChangeLog(), datetime(START.year, START.month, START.day, 12)
    log.commit(noon, ("customers", "t", {}))
    for key in range(1, KEYS + 1):
        placed = noon + timedelta(minutes=key)
        parts = {"shipment_id": key, "order_id": key, "product_id": key, "quantity": 1}
        tables = {
            "suppliers": rows.supplier(key),
            "product_types": {"type_id": key, "name": "Type"},
            "product_subtypes": {"subtype_id": key, "type_id": key, "name": "Subtype"},
            "products": rows.product(key, subtype_id=key, supplier_id=key),
            "customers": rows.customer(key),
            "addresses": rows.address(key),
            "customer_addresses": {"customer_id": key, "address_id": key, "label": "home"},
            "orders": rows.order(key, key, placed, address_id=key),
            "order_items": rows.item(key, key),
            "payments": rows.payment(key, key),
            "shipments": rows.shipment(key, key, placed),
            "shipment_lines": parts,
            "refunds": rows.refund(key, key, Decimal(1)),
        }
        log.commit(placed, *((table, "c", row) for table, row in tables.items()))
    waiting = KEYS + 1
    log.commit(
        noon + timedelta(hours=2),
        ("orders", "c", rows.order(waiting, 1, noon, address_id=waiting)),
        ("order_items", "c", rows.item(waiting)),
    )
    lake.deliver(START, **log.rows(START))
