"""Contract of the shop's refunds."""

import polars as pl

from spark_jobs.contracts.contract import Timestamp, column
from spark_jobs.contracts.shop.money import CURRENCY, CURRENCY_CODE, Amount
from spark_jobs.contracts.texts import EARLIEST
from spark_jobs.contracts.versions import (
    VersionContract,
    changed_column,
    key_column,
    not_after_change,
    row_column,
    version_rules,
)

RULES = (not_after_change("requested_at"), not_after_change("succeeded_at"))


class Refunds(VersionContract):
    """One observed version of a refund: money that goes back to a customer."""

    refund_id: pl.Int64 = key_column("The refund")
    payment_id: pl.Int64 = row_column("The payment that is paid back")
    order_id: pl.Int64 = row_column("The order")
    amount: Amount = row_column("Money to pay back", ge=0)
    currency: pl.String = row_column("Currency of the amount", str_matches=CURRENCY, meaning=CURRENCY_CODE)
    status: pl.String = row_column("State of the refund", isin=["pending", "succeeded", "failed"])
    reason: pl.String = column("Why, as the shop writes it")
    requested_at: Timestamp = row_column("When it was asked for (UTC)", ge=EARLIEST)
    succeeded_at: Timestamp = column("When the money was paid back (UTC)", ge=EARLIEST)
    updated_at: Timestamp = changed_column()

    class Config(VersionContract.Config):
        """One row per version and day."""

        unique = ["refund_id", "_pos", "partition_date"]  # noqa: RUF012
        metadata = {"rules": version_rules("shop", "refunds", "refund_id", rules=RULES, amount="amount")}  # noqa: RUF012
