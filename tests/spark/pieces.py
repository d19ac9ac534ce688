"""Contracts for the tests of groups and keys: with a group, without one, and with money."""

import polars as pl

from spark_jobs.contracts.contract import Money, SilverContract, column
from spark_jobs.contracts.rules import TableRules


class Pieces(SilverContract):
    """A piece of a parcel; the columns about the parcel may be empty."""

    parcel_id: pl.String = column("The parcel", required=True)
    piece: pl.Int32 = column("Number of the piece", required=True)
    sender: pl.String = column("Who sends it")
    payer: pl.String = column("Who pays for it")
    recipient: pl.String = column("Who gets it")

    class Config(SilverContract.Config):
        """A group whose columns may be null."""

        metadata = {  # noqa: RUF012
            "rules": TableRules(
                domain="post",
                table="pieces",
                key=("parcel_id", "piece"),
                group_key="parcel_id",
                agree_on=("sender", "payer", "recipient"),
            )
        }


class Letters(Pieces):
    """The same columns, without a group."""

    class Config(Pieces.Config):
        """Only a key."""

        metadata = {  # noqa: RUF012
            "rules": TableRules(domain="post", table="letters", key=("parcel_id", "piece"))
        }


class PaidLetters(Letters):
    """Letters with money."""

    postage: Money = column("Paid for it", required=True)

    class Config(Letters.Config):
        """Names the money column."""

        metadata = {  # noqa: RUF012
            "rules": TableRules(
                domain="post", table="paid_letters", key=("parcel_id", "piece"), amount="postage"
            )
        }
