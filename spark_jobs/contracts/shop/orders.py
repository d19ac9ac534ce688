"""Contract of the shop's orders."""

import polars as pl

from spark_jobs.contracts.contract import Timestamp
from spark_jobs.contracts.rules import Rule
from spark_jobs.contracts.shop.money import CURRENCY, CURRENCY_CODE, PAYMENT_METHODS, Amount
from spark_jobs.contracts.texts import EARLIEST
from spark_jobs.contracts.versions import (
    VersionContract,
    changed_column,
    key_column,
    not_after_change,
    row_column,
    version_rules,
)

STATUSES = ["placed", "paid", "shipped", "delivered", "cancelled"]
CHANNELS = ["web", "mobile", "marketplace"]
RULES = (
    not_after_change("order_ts"),
    # What is left are the lines less the discount.
    Rule("amount at least shipping + tax", lambda col, _: col("amount") - col("shipping") - col("tax") >= 0),
)


class Orders(VersionContract):
    """One observed version of a placed order."""

    order_id: pl.Int64 = key_column("The order")
    customer_id: pl.Int64 = row_column("Who ordered", data_class="token")
    order_ts: Timestamp = row_column("When the order was placed (UTC)", ge=EARLIEST)
    status: pl.String = row_column("State of the order", isin=STATUSES)
    amount: Amount = row_column("What the customer pays: lines - discount + shipping + tax", ge=0)
    channel: pl.String = row_column("Where the order was placed", isin=CHANNELS)
    address_id: pl.Int64 = row_column("Where it is delivered to")
    payment_method: pl.String = row_column("How the order is paid", isin=PAYMENT_METHODS)
    discount: Amount = row_column("Discount on the whole order", ge=0)
    shipping: Amount = row_column("Price of the delivery", ge=0)
    tax: Amount = row_column("Tax on top of the lines", ge=0)
    currency: pl.String = row_column(
        "Currency of all money of the order", str_matches=CURRENCY, meaning=CURRENCY_CODE
    )
    updated_at: Timestamp = changed_column()

    class Config(VersionContract.Config):
        """One row per version and day."""

        unique = ["order_id", "_pos", "partition_date"]  # noqa: RUF012
        metadata = {"rules": version_rules("shop", "orders", "order_id", rules=RULES, amount="amount")}  # noqa: RUF012
