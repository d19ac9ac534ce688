"""Contract of the shop's product types."""

import polars as pl

from spark_jobs.contracts.contract import Timestamp
from spark_jobs.contracts.versions import (
    VersionContract,
    changed_column,
    key_column,
    row_column,
    version_rules,
)


class ProductTypes(VersionContract):
    """One observed version of an upper level of the catalogue, e.g. Electronics."""

    type_id: pl.Int64 = key_column("The type")
    name: pl.String = row_column("Name")
    updated_at: Timestamp = changed_column()

    class Config(VersionContract.Config):
        """One row per version and day."""

        unique = ["type_id", "_pos", "partition_date"]  # noqa: RUF012
        metadata = {"rules": version_rules("shop", "product_types", "type_id")}  # noqa: RUF012
