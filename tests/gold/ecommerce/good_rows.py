"""Silver from which gold without any error is made, and changes that break the marketplace's own rules."""

from datetime import date, datetime, time, timedelta

from tests.gold.ecommerce.lines import line, quarantined
from tests.harness.gold_lake import START, GoldLake

ORDERS = 40
# By data test, the change of a row that breaks its rule.
RULES = {
    "orders_are_complete": "is_complete = false",
    "orders_keep_their_customer": "customer_id = 'c39'",
    "order_items_total_is_price_times_quantity_less_discount": "discount = discount + 1",
    "customer_retention_rates_are_shares": "retention_rate = 1.1",
}


def deliver(lake: GoldLake) -> None:
    """Many orders on the first day, each with an order date, a customer and a product of its own."""
    lines = []
    for number in range(ORDERS):
        day = START - timedelta(days=ORDERS - 1 - number)
        header = {
            "customer_id": f"c{number:02}",
            "order_date": datetime.combine(day, time(10)),
            "order_status": "delivered",
            "registration_date": date(2025, 10, 5),
        }
        lines.append(line(START, f"o{number:02}", f"p{number:02}", **header))
    # Refused lines of orders of which nothing else came.
    refused = [quarantined(START, f'{{"order_id": "refused{number:02}"}}') for number in range(ORDERS)]
    lake.deliver(START, order_lines=lines, quarantine=refused)
