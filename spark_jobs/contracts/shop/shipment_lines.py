"""Contract of the shop's contents of parcels."""

import polars as pl

from spark_jobs.contracts.contract import Timestamp
from spark_jobs.contracts.versions import (
    VersionContract,
    changed_column,
    key_column,
    row_column,
    version_rules,
)


class ShipmentLines(VersionContract):
    """One observed version of what a parcel holds of a product."""

    shipment_id: pl.Int64 = key_column("The parcel")
    order_id: pl.Int64 = row_column("The order that the product belongs to")
    product_id: pl.Int64 = key_column("The product")
    quantity: pl.Int32 = row_column("Pieces in the parcel", gt=0)
    updated_at: Timestamp = changed_column()

    class Config(VersionContract.Config):
        """One row per version and day."""

        unique = ["shipment_id", "product_id", "_pos", "partition_date"]  # noqa: RUF012
        metadata = {"rules": version_rules("shop", "shipment_lines", "shipment_id", "product_id")}  # noqa: RUF012
