"""The scans of a carrier: a table whose source orders the versions of a key."""

import polars as pl

from spark_jobs.contracts.contract import SilverContract, Timestamp, column
from spark_jobs.contracts.rules import TableRules


class Scans(SilverContract):
    """One place where a parcel was seen, as of the partition date; the last of several scans of a day."""

    parcel_id: pl.String = column("The carrier's parcel", required=True)
    place: pl.String = column("Where it was scanned", required=True)
    scanned_at: Timestamp = column("When it was scanned (UTC)", required=True)

    class Config(SilverContract.Config):
        """One row per parcel, place and day."""

        unique = ["parcel_id", "place", "partition_date"]  # noqa: RUF012
        metadata = {  # noqa: RUF012
            "rules": TableRules(
                domain="post", table="scans", key=("parcel_id", "place"), newest_by=("scanned_at",)
            )
        }
