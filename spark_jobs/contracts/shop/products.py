"""Contract of the shop's products."""

import polars as pl

from spark_jobs.contracts.contract import Money, Timestamp
from spark_jobs.contracts.versions import (
    VersionContract,
    changed_column,
    key_column,
    row_column,
    version_rules,
)


class Products(VersionContract):
    """One observed version of a product that the shop sells."""

    product_id: pl.Int64 = key_column("The product")
    name: pl.String = row_column("Name")
    category: pl.String = row_column("Where the shop shows it; may change")
    unit_price: Money = row_column("List price of one piece", ge=0)
    subtype_id: pl.Int64 = row_column("Its place in the catalogue")
    supplier_id: pl.Int64 = row_column("Who delivers it to the shop")
    updated_at: Timestamp = changed_column()

    class Config(VersionContract.Config):
        """One row per version and day."""

        unique = ["product_id", "_pos", "partition_date"]  # noqa: RUF012
        metadata = {"rules": version_rules("shop", "products", "product_id", amount="unit_price")}  # noqa: RUF012
