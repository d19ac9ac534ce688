"""Days without any delivery, even in a stack that is kept from one test run to the next."""

from datetime import date

from spark_jobs.manifest import day_prefix
from tests.harness.lakehouse import Lakehouse


def forget(lakehouse: Lakehouse, day: date) -> None:
    """Delete what an earlier test run delivered and landed on the day."""
    folder = lakehouse.rules.feed_folder
    for bucket, prefix in (("inbox", f"{folder}/{day}/"), ("datalake", day_prefix(folder, day))):
        for key in lakehouse.keys(bucket, prefix):
            lakehouse.s3.delete_object(Bucket=bucket, Key=key)
