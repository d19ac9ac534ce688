"""The sensor of a database starts a run over the days with changes, and none while one is under way."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import dagster as dg
import pytest

from shopflow_assets.automation.change_sensor import change_sensor
from shopflow_assets.domains.shop import DOMAIN
from shopflow_assets.errors import SourceError
from shopflow_assets.sources.database.database import Database

TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)


@dg.op
def nothing() -> None:
    pass


@dg.job
def shop_daily() -> None:
    nothing()


@dg.job
def other_daily() -> None:
    nothing()


@dataclass
class Changes:
    """Stands for the database."""

    days: Collection[date] | SourceError

    def changed_days(self, tables: Sequence[Any]) -> Collection[date]:
        assert tables == DOMAIN.tables
        if isinstance(self.days, SourceError):
            raise self.days
        return self.days


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def evaluated(
    instance: dg.DagsterInstance, days: Collection[date] | SourceError
) -> tuple[list[dict[str, str]], str]:
    """The tags of the runs that are asked for, and why there are none."""
    sensor = change_sensor(DOMAIN, cast("Database", Changes(days)), shop_daily)
    assert sensor.default_status == dg.DefaultSensorStatus.STOPPED
    assert sensor.minimum_interval_seconds == 300
    with dg.build_sensor_context(instance) as context:
        result = sensor(context)
    assert isinstance(result, dg.SensorResult)
    skipped = result.skip_reason.skip_message if isinstance(result.skip_reason, dg.SkipReason) else ""
    return [dict(request.tags) for request in result.run_requests or ()], skipped or ""


def test_one_run_takes_all_days_from_the_first_to_the_last_with_changes(instance: dg.DagsterInstance) -> None:
    [tags], _ = evaluated(instance, [TODAY, TODAY - 3 * DAY, TODAY - DAY])
    assert tags == {
        "dagster/asset_partition_range_start": f"{TODAY - 3 * DAY}",
        "dagster/asset_partition_range_end": f"{TODAY}",
        "shopflow/domain": "shop",
        "dagster/max_retries": "2",
    }


def test_days_of_a_simulated_future_are_left_for_later(instance: dg.DagsterInstance) -> None:
    [tags], _ = evaluated(instance, [TODAY, TODAY + DAY])
    assert tags["dagster/asset_partition_range_end"] == f"{TODAY}"
    assert evaluated(instance, [TODAY + DAY]) == ([], "nothing has changed")


def test_nothing_is_started_when_nothing_has_changed(instance: dg.DagsterInstance) -> None:
    assert evaluated(instance, []) == ([], "nothing has changed")


# A queued run would need a code server that it comes from.
@pytest.mark.parametrize("event", ["STARTING", "START", "CANCELING"])
def test_nothing_is_started_while_a_run_is_under_way(instance: dg.DagsterInstance, event: str) -> None:
    run = instance.create_run_for_job(shop_daily)
    kind = dg.DagsterEventType[f"PIPELINE_{event}"].value
    instance.report_dagster_event(dg.DagsterEvent(kind, shop_daily.name), run.run_id)
    assert evaluated(instance, [TODAY]) == ([], "a run of the domain is under way")


def test_ended_runs_and_those_of_other_domains_hold_nothing_up(instance: dg.DagsterInstance) -> None:
    for status in ("SUCCESS", "FAILURE", "CANCELED"):
        instance.create_run_for_job(shop_daily, status=dg.DagsterRunStatus[status])
    instance.create_run_for_job(other_daily, status=dg.DagsterRunStatus.STARTED)
    assert evaluated(instance, [TODAY])[0]


def test_a_source_that_cannot_be_landed_fails_the_evaluation(instance: dg.DagsterInstance) -> None:
    with pytest.raises(SourceError, match="slot is gone"):
        evaluated(instance, SourceError("the slot is gone"))
