"""Days that a run of the sensor took with it come again when the day that broke it does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from shopflow_assets.sources.store import StoredObject
from spark_jobs.contracts.ecommerce.order_lines import OrderLines

DAYS = ONE, TWO, THREE, FOUR = [f"2026-06-0{day}" for day in range(1, 5)]
INBOX, BRONZE, GOLD = (dg.AssetKey([layer]) for layer in ("inbox", "bronze", "gold"))


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as instance:
        yield instance


@pytest.fixture
def assets(pipeline: Path):
    """Bronze, of which some days cannot be landed, and gold."""
    from shopflow_assets.partitions import DAILY, ONE_RUN

    def without(*bad: str) -> list[dg.AssetsDefinition]:
        @dg.asset(key=BRONZE, partitions_def=DAILY, backfill_policy=ONE_RUN)
        def bronze(context: dg.AssetExecutionContext) -> None:
            for day in sorted(set(context.partition_keys) - set(bad)):
                context.log_event(dg.AssetMaterialization(BRONZE, partition=day))
            if bad:
                raise ValueError(bad)

        @dg.asset(key=GOLD, deps=[bronze], partitions_def=DAILY, backfill_policy=ONE_RUN)
        def gold() -> None: ...

        return [bronze, gold]

    return without


@pytest.fixture
def run(assets, instance: dg.DagsterInstance):
    """A run of the sensor over a range, of which some days cannot be landed; returns its id."""

    def of_days(first: str, last: str, *bad: str, sensor: str = "arrival") -> str:
        tags = {
            "dagster/asset_partition_range_start": first,
            "dagster/asset_partition_range_end": last,
            "dagster/sensor_name": sensor,
        }
        return dg.materialize(assets(*bad), tags=tags, instance=instance, raise_on_error=False).run_id

    return of_days


@pytest.fixture
def behind(pipeline: Path, instance: dg.DagsterInstance):
    from shopflow_assets.left_behind import left_behind

    return lambda *ready: left_behind(instance, "arrival", BRONZE, [BRONZE, GOLD], ready)


def test_the_days_beside_the_one_that_broke_a_run_come_again_with_it(run, behind) -> None:
    failed = run(ONE, FOUR, TWO)
    assert behind(TWO) == {ONE: failed, THREE: failed, FOUR: failed}


def test_a_day_of_another_run_brings_none_with_it(run, behind) -> None:
    run(ONE, THREE, TWO)
    run(FOUR, FOUR, FOUR, sensor="another")
    assert behind(FOUR) == {}


def test_days_that_came_to_gold_since_are_not_behind(run, behind) -> None:
    failed = run(ONE, FOUR, TWO)
    run(THREE, FOUR)
    assert behind(TWO) == {ONE: failed}


def test_a_day_that_was_not_landed_waits_for_its_own_delivery(run, behind) -> None:
    failed = run(ONE, THREE, ONE, TWO)
    assert behind(TWO) == {THREE: failed}


def test_days_that_are_left_behind_twice_are_told_from_the_first_time(run, behind) -> None:
    first = run(ONE, THREE, TWO)
    second = run(ONE, THREE, TWO)
    assert first != second
    assert behind(TWO) == {ONE: second, THREE: second}


def test_days_from_before_a_later_start_date_are_left_alone(
    run, behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = run(ONE, THREE, TWO)
    later = dg.DailyPartitionsDefinition(start_date=TWO, timezone="UTC")
    monkeypatch.setattr("shopflow_assets.left_behind.DAILY", later)
    assert behind(TWO) == {THREE: failed}


def test_a_day_that_is_still_arriving_is_not_taken_with_the_one_that_broke_its_run(
    assets, run, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shopflow_assets.sensors import arrival_sensor

    from shopflow_assets.sources.files.landing import Feed

    sensor = arrival_sensor("arrival", assets()[0], OrderLines)
    defs = dg.Definitions(assets=assets(), sensors=[sensor])
    now = datetime.now(UTC).replace(microsecond=0)

    def look(cursor: str | None, *minutes_ago: int):
        listing = [
            StoredObject(f"ecommerce/{day}/orders.csv", f"{ago}", now - timedelta(minutes=ago))
            for day, ago in zip(DAYS, minutes_ago, strict=True)
        ]
        monkeypatch.setattr(Feed, "delivered", lambda feed: listing)
        context = dg.build_sensor_context(
            instance=instance, cursor=cursor, repository_def=defs.get_repository_def()
        )
        return sensor.evaluate_tick(context)

    first = look(None, 200, 200, 200, 200)
    run(ONE, FOUR, TWO)
    found = look(first.cursor, 200, 11, 1, 200)
    keys = [request.run_key for request in found.run_requests or ()]
    assert [key.partition(":")[0] for key in keys if key] == [f"{ONE} to {TWO}", f"{FOUR} to {FOUR}"]
