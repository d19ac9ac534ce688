"""Contract of the shop's customers."""

import polars as pl

from spark_jobs.contracts.contract import Timestamp, column
from spark_jobs.contracts.rules import FARTHEST_AHEAD, Rule
from spark_jobs.contracts.texts import EARLIEST, EMAIL
from spark_jobs.contracts.versions import (
    VersionContract,
    changed_column,
    key_column,
    row_column,
    version_rules,
)

RULES = (
    Rule(
        "signup_date not after date(_at + 14 h)",
        lambda col, _: col("signup_date") <= col("_at") + FARTHEST_AHEAD,
    ),
)


class Customers(VersionContract):
    """One observed version of a registered customer; a merged customer is deleted."""

    customer_id: pl.Int64 = key_column("The customer", data_class="token")
    name: pl.String = row_column("Full name", data_class="personal")
    email: pl.String = column(
        "E-mail address, in lower case",
        data_class="personal",
        spelling="lower",
        str_matches=EMAIL,
        meaning="an e-mail address",
    )
    city: pl.String = column("City")
    region: pl.String = column("Region, e.g. US-West")
    signup_date: pl.Date = row_column("Day on which the customer registered", ge=EARLIEST)
    updated_at: Timestamp = changed_column()

    class Config(VersionContract.Config):
        """One row per version and day."""

        unique = ["customer_id", "_pos", "partition_date"]  # noqa: RUF012
        metadata = {"rules": version_rules("shop", "customers", "customer_id", rules=RULES)}  # noqa: RUF012
