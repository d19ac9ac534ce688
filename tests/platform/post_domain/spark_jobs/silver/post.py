"""How the carrier's silver tables are made from parsed records."""

from pyspark.sql import DataFrame

from spark_jobs.contracts.contract import LANDING_COLUMNS


def parcels(values: DataFrame) -> DataFrame:
    """One row per parcel and partition date."""
    return values.select("parcel_id", "sender", "posted_at", "postage", "state", *LANDING_COLUMNS)


def scans(values: DataFrame) -> DataFrame:
    """One row per parcel, place and partition date."""
    return values.select("parcel_id", "place", "scanned_at", *LANDING_COLUMNS)
