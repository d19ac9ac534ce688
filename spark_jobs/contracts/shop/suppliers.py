"""Contract of the shop's suppliers."""

import polars as pl

from spark_jobs.contracts.contract import Timestamp
from spark_jobs.contracts.versions import (
    VersionContract,
    changed_column,
    key_column,
    row_column,
    version_rules,
)


class Suppliers(VersionContract):
    """One observed version of a supplier of products."""

    supplier_id: pl.Int64 = key_column("The supplier")
    name: pl.String = row_column("Name of the company")
    country: pl.String = row_column("Country, in two letters")
    updated_at: Timestamp = changed_column()

    class Config(VersionContract.Config):
        """One row per version and day."""

        unique = ["supplier_id", "_pos", "partition_date"]  # noqa: RUF012
        metadata = {"rules": version_rules("shop", "suppliers", "supplier_id")}  # noqa: RUF012
