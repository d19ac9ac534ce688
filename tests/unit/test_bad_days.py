"""A day that cannot be landed is named, and the other days of the run are landed all the same."""

from datetime import date, datetime
from pathlib import Path

import dagster as dg
import pytest

from spark_jobs.contracts.ecommerce import OrderLines
from tests.unit.test_bronze_verdicts import IN_TIME, landed


def test_a_day_whose_file_minio_does_not_give_stops_no_other_day(
    pipeline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shopflow_assets.bronze.landing import Feed, Landing
    from shopflow_assets.days import land_days
    from shopflow_assets.errors import StoreError
    from shopflow_assets.partitions import DAILY, ONE_RUN

    bad, good = date(2026, 6, 1), date(2026, 6, 2)

    def land(feed: Feed, day: date, landed_at: datetime) -> Landing:
        if day == bad:
            raise StoreError("s3://inbox/orders.csv: Not Found")
        return Landing(landed(IN_TIME), ())

    @dg.asset(partitions_def=DAILY, backfill_policy=ONE_RUN)
    def bronze(context: dg.AssetExecutionContext) -> None:
        land_days(context, OrderLines)

    monkeypatch.setattr(Feed, "land", land)
    days = {"dagster/asset_partition_range_start": f"{bad}", "dagster/asset_partition_range_end": f"{good}"}
    with dg.instance_for_test() as instance:
        run = dg.materialize([bronze], tags=days, instance=instance, raise_on_error=False)
        assert instance.get_materialized_partitions(bronze.key) == {f"{good}"}
    [failure] = run.filter_events(lambda event: event.is_step_failure)
    error = failure.step_failure_data.error
    assert error
    assert error.cause
    assert error.cause.message == (
        "shopflow_assets.errors.BadDaysError: Landing failed for 1 of the run's days:\n"
        "2026-06-01: s3://inbox/orders.csv: Not Found; nothing new of the day was landed, run it again\n"
    )
