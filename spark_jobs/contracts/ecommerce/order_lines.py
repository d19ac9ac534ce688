"""Contract of the marketplace's daily order-line export."""

from datetime import timedelta

import polars as pl

from spark_jobs.contracts.contract import Money, SilverContract, Timestamp, column
from spark_jobs.contracts.rules import FARTHEST_AHEAD, Rule, TableRules
from spark_jobs.contracts.texts import EARLIEST, EMAIL

DAY = timedelta(days=1)
ORDER_STATUSES = ["pending", "processing", "shipped", "delivered", "cancelled", "returned"]
PAYMENT_METHODS = ["credit_card", "debit_card", "paypal", "bank_transfer", "gift_card", "cash_on_delivery"]
SHIPPING_METHODS = ["standard", "express", "next_day", "pickup"]
CUSTOMER_SEGMENTS = ["consumer", "corporate", "small_business"]

# For how many days after it was placed an order may be sent again.
MAX_AGE_DAYS = 30

RULES = (
    Rule(
        "total_amount = price * quantity - discount",
        lambda col, _: col("total_amount") == col("price") * col("quantity") - col("discount"),
    ),
    Rule(
        "discount between 0 and price * quantity",
        lambda col, _: (col("discount") >= 0) & (col("discount") <= col("price") * col("quantity")),
    ),
    Rule(
        "registration_date not after date(order_date + 14 h)",
        lambda col, _: col("registration_date") <= col("order_date") + FARTHEST_AHEAD,
    ),
    Rule(
        "order_date not after partition_date",
        lambda col, _: col("order_date") < col("partition_date") + DAY,
    ),
    Rule(
        "order_date at most max_age_days before partition_date",
        lambda col, limits: (
            (col("partition_date") <= limits.first_partition)
            | (col("order_date") >= col("partition_date") - DAY * MAX_AGE_DAYS)
        ),
    ),
)


class OrderLines(SilverContract):
    """One order line as the marketplace exported it on the partition date; later days may send it again."""

    customer_id: pl.String = column("The marketplace's customer", required=True, data_class="token")
    customer_name: pl.String = column("Full name as given for this order", data_class="personal")
    email: pl.String = column(
        "E-mail address, in lower case",
        data_class="personal",
        spelling="lower",
        str_matches=EMAIL,
        meaning="an e-mail address",
    )
    phone: pl.String = column("Phone number as given", data_class="personal")
    address: pl.String = column("Street and number", data_class="personal")
    city: pl.String = column("City", data_class="personal")
    state: pl.String = column("State or region", data_class="personal")
    zip_code: pl.String = column("Postal code", data_class="personal")
    customer_segment: pl.String = column(
        "Segment the marketplace gives the customer", spelling="snake", isin=CUSTOMER_SEGMENTS
    )
    registration_date: pl.Date = column("Day on which the customer registered", ge=EARLIEST)
    order_id: pl.String = column("The marketplace's order", required=True)
    order_date: Timestamp = column("When the order was placed (UTC)", required=True, ge=EARLIEST)
    product_id: pl.String = column("The marketplace's product", required=True)
    product_name: pl.String = column("Product name at the time of the order")
    category: pl.String = column("Product category")
    subcategory: pl.String = column("Product subcategory")
    brand: pl.String = column("Brand")
    price: Money = column("Price of one piece", required=True, gt=0)
    quantity: pl.Int32 = column("Pieces ordered", required=True, gt=0)
    discount: Money = column("Discount on the whole line", required=True)
    total_amount: Money = column("Net amount of the line: price * quantity - discount", required=True, ge=0)
    payment_method: pl.String = column(
        "How the order is paid", required=True, spelling="snake", isin=PAYMENT_METHODS
    )
    shipping_method: pl.String = column(
        "How the order is shipped", required=True, spelling="snake", isin=SHIPPING_METHODS
    )
    order_status: pl.String = column(
        "State of the order on the partition date", required=True, spelling="snake", isin=ORDER_STATUSES
    )

    class Config(SilverContract.Config):
        """Key, rules across columns, and what the lines of one order must agree on."""

        unique = ["order_id", "product_id", "partition_date"]  # noqa: RUF012
        metadata = {  # noqa: RUF012
            "rules": TableRules(
                domain="ecommerce",
                table="order_lines",
                feed="ecommerce",
                key=("order_id", "product_id"),
                rules=RULES,
                group_key="order_id",
                agree_on=("customer_id", "order_date", "payment_method", "shipping_method", "order_status"),
                amount="total_amount",
                max_age_days=MAX_AGE_DAYS,
            )
        }
