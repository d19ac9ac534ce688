"""Contract of the shop's order items."""

import polars as pl

from spark_jobs.contracts.contract import Money, Timestamp
from spark_jobs.contracts.versions import (
    VersionContract,
    changed_column,
    key_column,
    row_column,
    version_rules,
)


class OrderItems(VersionContract):
    """One observed version of a product within an order."""

    order_id: pl.Int64 = key_column("The order")
    product_id: pl.Int64 = key_column("The product")
    quantity: pl.Int32 = row_column("Pieces ordered", gt=0)
    unit_price: Money = row_column("Price of one piece at the time of the sale", ge=0)
    updated_at: Timestamp = changed_column()

    class Config(VersionContract.Config):
        """One row per version and day."""

        unique = ["order_id", "product_id", "_pos", "partition_date"]  # noqa: RUF012
        metadata = {  # noqa: RUF012
            "rules": version_rules("shop", "order_items", "order_id", "product_id", amount="unit_price")
        }
