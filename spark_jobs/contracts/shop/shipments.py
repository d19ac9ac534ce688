"""Contract of the shop's shipments."""

import polars as pl

from spark_jobs.contracts.contract import Timestamp, column
from spark_jobs.contracts.texts import EARLIEST
from spark_jobs.contracts.versions import (
    VersionContract,
    changed_column,
    key_column,
    not_after_change,
    row_column,
    version_rules,
)

RULES = (not_after_change("shipped_at"), not_after_change("delivered_at"), not_after_change("returned_at"))


class Shipments(VersionContract):
    """One observed version of a parcel; an order may be sent in several."""

    shipment_id: pl.Int64 = key_column("The parcel")
    order_id: pl.Int64 = row_column("The order")
    carrier: pl.String = row_column("Who carries it")
    tracking_number: pl.String = column("The carrier's name of the parcel", data_class="token")
    shipped_at: Timestamp = row_column("When it left the shop (UTC)", ge=EARLIEST)
    delivered_at: Timestamp = column("When it arrived (UTC)", ge=EARLIEST)
    returned_at: Timestamp = column("When it came back (UTC)", ge=EARLIEST)
    updated_at: Timestamp = changed_column()

    class Config(VersionContract.Config):
        """One row per version and day."""

        unique = ["shipment_id", "_pos", "partition_date"]  # noqa: RUF012
        metadata = {"rules": version_rules("shop", "shipments", "shipment_id", rules=RULES)}  # noqa: RUF012
