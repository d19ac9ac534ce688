"""A day that MinIO does not give is named, and the other days of the run are made all the same."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from spark_jobs.silver.ecommerce import order_lines

from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.manifest import Manifest
from spark_jobs.silver_job import SilverResult, SilverTable
from tests.unit.test_bronze_verdicts import IN_TIME, landed

BAD, GOOD = date(2026, 6, 1), date(2026, 6, 2)
Work = Callable[[dg.AssetExecutionContext], None]


def _failure_of_the_bad_day(work: Work) -> str:
    """Run the work over both days; returns why it failed, once the good day is recorded."""
    from shopflow_assets.partitions import DAILY, ONE_RUN

    @dg.asset(partitions_def=DAILY, backfill_policy=ONE_RUN)
    def made(context: dg.AssetExecutionContext) -> None:
        work(context)

    days = {"dagster/asset_partition_range_start": f"{BAD}", "dagster/asset_partition_range_end": f"{GOOD}"}
    with dg.instance_for_test() as instance:
        run = dg.materialize([made], tags=days, instance=instance, raise_on_error=False)
        assert instance.get_materialized_partitions(made.key) == {f"{GOOD}"}
    [failure] = run.filter_events(lambda event: event.is_step_failure)
    error = failure.step_failure_data.error
    assert error
    assert error.cause
    return error.cause.message


def test_a_file_that_is_not_given_stops_the_landing_of_its_day_alone(
    pipeline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shopflow_assets.days import land_days

    from shopflow_assets.errors import StoreError
    from shopflow_assets.sources.files.landing import Feed, Landing

    def land(feed: Feed, day: date, landed_at: datetime) -> Landing:
        if day == BAD:
            raise StoreError("s3://inbox/orders.csv: Not Found")
        return Landing(landed(IN_TIME), ())

    monkeypatch.setattr(Feed, "land", land)
    assert _failure_of_the_bad_day(lambda context: land_days(context, OrderLines)) == (
        "shopflow_assets.errors.BadDaysError: Landing failed for 1 of the run's days:\n"
        "2026-06-01: s3://inbox/orders.csv: Not Found; nothing new of the day was landed, run it again\n"
        "The others went no further: when this is mended, run 2026-06-01 to 2026-06-02 again.\n"
    )


def test_a_manifest_that_is_not_given_stops_silver_of_its_day_alone(
    pipeline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shopflow_assets.days import make_silver_days

    from shopflow_assets.errors import StoreError
    from shopflow_assets.sources.files.landing import Feed

    def manifest(feed: Feed, day: date) -> Manifest:
        if day == BAD:
            raise StoreError("s3://datalake/_manifest.json: Slow Down")
        return landed(IN_TIME)

    def make(
        spark: Any, table: SilverTable, manifests: Mapping[date, Manifest], limits: object
    ) -> SilverResult:
        return SilverResult({day: defaultdict(int) for day in manifests}, {})

    monkeypatch.setattr(Feed, "manifest", manifest)
    monkeypatch.setattr("spark_jobs.session.connect", lambda remote: None)
    monkeypatch.setattr("shopflow_assets.days.make_silver", make)
    table = SilverTable(OrderLines, order_lines)
    assert _failure_of_the_bad_day(lambda context: make_silver_days(context, table)) == (
        "shopflow_assets.errors.BadDaysError: Silver failed for 1 of the run's days:\n"
        "2026-06-01: s3://datalake/_manifest.json: Slow Down; run the day again\n"
        "The others went no further: when this is mended, run 2026-06-01 to 2026-06-02 again.\n"
    )
