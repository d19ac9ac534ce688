"""Contract of the shop's product subtypes."""

import polars as pl

from spark_jobs.contracts.contract import Timestamp
from spark_jobs.contracts.versions import (
    VersionContract,
    changed_column,
    key_column,
    row_column,
    version_rules,
)


class ProductSubtypes(VersionContract):
    """One observed version of a lower level of the catalogue, e.g. Headphones."""

    subtype_id: pl.Int64 = key_column("The subtype")
    type_id: pl.Int64 = row_column("The type that it belongs to")
    name: pl.String = row_column("Name")
    updated_at: Timestamp = changed_column()

    class Config(VersionContract.Config):
        """One row per version and day."""

        unique = ["subtype_id", "_pos", "partition_date"]  # noqa: RUF012
        metadata = {"rules": version_rules("shop", "product_subtypes", "subtype_id")}  # noqa: RUF012
