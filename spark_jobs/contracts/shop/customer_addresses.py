"""Contract of the shop's addresses of customers."""

import polars as pl

from spark_jobs.contracts.contract import Timestamp
from spark_jobs.contracts.versions import (
    VersionContract,
    changed_column,
    key_column,
    row_column,
    version_rules,
)


class CustomerAddresses(VersionContract):
    """One observed version of a customer's use of an address; customers may share one."""

    customer_id: pl.Int64 = key_column("The customer", data_class="token")
    address_id: pl.Int64 = key_column("The address")
    label: pl.String = row_column("What the address is to the customer", isin=["home", "work", "other"])
    updated_at: Timestamp = changed_column()

    class Config(VersionContract.Config):
        """One row per version and day."""

        unique = ["customer_id", "address_id", "_pos", "partition_date"]  # noqa: RUF012
        metadata = {"rules": version_rules("shop", "customer_addresses", "customer_id", "address_id")}  # noqa: RUF012
