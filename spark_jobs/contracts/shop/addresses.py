"""Contract of the shop's addresses."""

import polars as pl

from spark_jobs.contracts.contract import Timestamp, column
from spark_jobs.contracts.versions import (
    VersionContract,
    changed_column,
    key_column,
    row_column,
    version_rules,
)


class Addresses(VersionContract):
    """One observed version of an address that something can be delivered to."""

    address_id: pl.Int64 = key_column("The address")
    street: pl.String = row_column("Street and number", data_class="personal")
    city: pl.String = row_column("City")
    region: pl.String = column("Region")
    postal_code: pl.String = column("Postal code", data_class="personal")
    country: pl.String = row_column("Country, in two letters")
    updated_at: Timestamp = changed_column()

    class Config(VersionContract.Config):
        """One row per version and day."""

        unique = ["address_id", "_pos", "partition_date"]  # noqa: RUF012
        metadata = {"rules": version_rules("shop", "addresses", "address_id")}  # noqa: RUF012
