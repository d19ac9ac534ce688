"""Contracts of the two quality tables: what was refused, and where every record went."""

from typing import Annotated

import pandera.polars as pa
import polars as pl

from spark_jobs.contracts.contract import Contract, Timestamp, Total, column
from spark_jobs.contracts.rules import TableRules
from spark_jobs.contracts.table import table_of

# Every predicate and OPTIMIZE begins with `domain =`, so that domains write at the same time without
# conflict.
PARTITION_BY = ("domain", "partition_date")


class Quarantine(Contract):
    """One refused record with all reasons for it; replaced together with its day's good rows."""

    domain: pl.String = pa.Field(description="Domain of the table that refused the record")
    table_name: pl.String = pa.Field(description="Silver table that refused the record")
    partition_date: pl.Date = pa.Field(description="UTC day on which the record was delivered")
    # Anything that a source sends can end up here, also names and addresses, and reasons quote it.
    record: pl.String = column(
        "The record as received: its texts as a JSON object", required=True, data_class="personal"
    )
    reasons: Annotated[pl.List, pl.String] = column(
        "Why it was refused", required=True, data_class="personal"
    )
    source_file: pl.String = pa.Field(description="Name of the bronze object that holds the record")
    ingested_at: Timestamp = pa.Field(description="When the file was landed in bronze (UTC)")

    class Config(Contract.Config):
        """No key: the same broken record may arrive twice."""

        metadata = {  # noqa: RUF012
            "rules": TableRules(domain="quality", table="quarantine", key=(), partition_by=PARTITION_BY)
        }


class RowLedger(Contract):
    """One day of one silver table: where each record of its bronze files went.

    bronze_rows = silver_rows + duplicate_rows + superseded_rows + quarantined_rows, and the same for the
    amounts.
    """

    domain: pl.String = pa.Field(description="Domain of the table")
    table_name: pl.String = pa.Field(description="Silver table")
    partition_date: pl.Date = pa.Field(description="UTC day of delivery")
    bronze_rows: pl.Int64 = pa.Field(ge=0, description="Records that the day's manifest counts")
    silver_rows: pl.Int64 = pa.Field(ge=0, description="Rows in silver")
    duplicate_rows: pl.Int64 = pa.Field(ge=0, description="Identical duplicates that were removed")
    repeated_rows: pl.Int64 = pa.Field(
        ge=0, nullable=True, description="Those of the duplicates whose equal record is in the same file"
    )
    superseded_rows: pl.Int64 = pa.Field(
        ge=0,
        description="Older versions of a key of which the day has a newer one, in the source's order",
    )
    quarantined_rows: pl.Int64 = pa.Field(ge=0, description="Records in quarantine")
    bronze_amount: Total = pa.Field(
        nullable=True, description="Money in the day's files, from the manifest (null: the table has none)"
    )
    silver_amount: Total = pa.Field(nullable=True, description="Money in silver")
    duplicate_amount: Total = pa.Field(
        nullable=True, description="Money in the identical duplicates that were removed"
    )
    repeated_amount: Total = pa.Field(
        nullable=True, description="Money in those of the duplicates whose equal record is in the same file"
    )
    superseded_amount: Total = pa.Field(nullable=True, description="Money in the superseded versions")
    quarantined_amount: Total = pa.Field(
        nullable=True, description="Readable money in the quarantined records"
    )
    manifest_sha256: pl.String = pa.Field(description="Hash of the manifest the day was made from")
    silver_version: pl.Int64 = pa.Field(
        ge=0, description="Version of the silver Delta table that holds the day"
    )
    input_sha256: pl.String = pa.Field(
        nullable=True,
        description="Hash of what the day was made from: manifest, contract, code and limits",
    )

    class Config(Contract.Config):
        """One row per table and day."""

        unique = ["domain", "table_name", "partition_date"]  # noqa: RUF012
        metadata = {  # noqa: RUF012
            "rules": TableRules(
                domain="quality",
                table="row_ledger",
                key=("domain", "table_name", "partition_date"),
                partition_by=PARTITION_BY,
            )
        }


QUARANTINE = table_of(Quarantine)
ROW_LEDGER = table_of(RowLedger)
