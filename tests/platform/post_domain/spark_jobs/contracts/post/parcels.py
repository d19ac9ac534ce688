"""The parcels of a carrier. Its domain exists for the tests of the platform only."""

import polars as pl

from spark_jobs.contracts.contract import Money, SilverContract, Timestamp, column
from spark_jobs.contracts.rules import TableRules

STATES = ["posted", "delivered", "lost"]


class Parcels(SilverContract):
    """One parcel as the carrier reports it on the partition date; later days may report it again."""

    parcel_id: pl.String = column("The carrier's parcel", required=True)
    sender: pl.String = column("Who sends it", required=True, data_class="personal")
    posted_at: Timestamp = column("When it was posted (UTC)", required=True)
    postage: Money = column("Price of carrying it", required=True, ge=0)
    state: pl.String = column("Where it is", required=True, spelling="snake", isin=STATES)

    class Config(SilverContract.Config):
        """One row per parcel and day."""

        unique = ["parcel_id", "partition_date"]  # noqa: RUF012
        metadata = {  # noqa: RUF012
            "rules": TableRules(domain="post", table="parcels", key=("parcel_id",), amount="postage")
        }
