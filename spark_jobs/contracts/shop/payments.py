"""Contract of the shop's payments."""

import polars as pl

from spark_jobs.contracts.contract import Timestamp, column
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

RULES = (not_after_change("paid_at"),)


class Payments(VersionContract):
    """One observed version of an attempt to pay an order; numbers of cards never arrive."""

    payment_id: pl.Int64 = key_column("The attempt")
    order_id: pl.Int64 = row_column("The order")
    amount: Amount = row_column("Money to pay", ge=0)
    currency: pl.String = row_column("Currency of the amount", str_matches=CURRENCY, meaning=CURRENCY_CODE)
    method: pl.String = row_column("How it is paid", isin=PAYMENT_METHODS)
    status: pl.String = row_column("State of the attempt", isin=["authorised", "captured", "failed"])
    charge_id: pl.String = column("The payment provider's name of the charge", data_class="token")
    card_token: pl.String = column("The payment provider's name of the card", data_class="token")
    card_brand: pl.String = column("Brand of the card")
    paid_at: Timestamp = column("When the money was captured (UTC)", ge=EARLIEST)
    updated_at: Timestamp = changed_column()

    class Config(VersionContract.Config):
        """One row per version and day."""

        unique = ["payment_id", "_pos", "partition_date"]  # noqa: RUF012
        metadata = {"rules": version_rules("shop", "payments", "payment_id", rules=RULES, amount="amount")}  # noqa: RUF012
