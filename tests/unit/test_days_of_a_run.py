"""Each day of a run has its own outcome: good days go on, and bad ones are named at the end."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

DAYS = ("2026-01-01", "2026-01-02", "2026-01-03")
BAD = "2026-01-02"
SILVER, GOLD = dg.AssetKey(["silver", "post", "parcels"]), dg.AssetKey(["gold", "post", "parcels"])
MADE, JUDGED, TESTED = (
    dg.AssetCheckKey(*of) for of in ((SILVER, "made"), (SILVER, "contract"), (GOLD, "key"))
)


class Pipeline:
    """Silver, its check and gold as steps of their own; `verdicts` says what the check finds of a day."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.made: dict[str, bool] = dict.fromkeys(DAYS, True)
        self.verdicts: dict[str, Any] = {}
        # What other runs do while a step of this one is under way, by the step's name.
        self.meanwhile: dict[str, Callable[[], object]] = {}

    def run(self, *selected: str, days: tuple[str, str] = (DAYS[0], DAYS[-1])) -> dg.ExecuteInProcessResult:
        """Run some of the three steps over a range of days."""
        from shopflow_assets.partitions import DAILY, ONE_RUN

        silver = self._silver(DAILY, ONE_RUN)
        gold = self._gold(DAILY, ONE_RUN)
        chosen = {"silver": [silver], "checks": [self._checks(DAILY)], "gold": [gold]}
        steps = [step for name in selected for step in chosen[name]]
        assets = [step for step in steps if not isinstance(step, dg.AssetChecksDefinition)]
        checks = [step for step in steps if isinstance(step, dg.AssetChecksDefinition)]
        others = [] if silver in assets else [dg.AssetSpec(SILVER)]
        definitions = dg.Definitions([*assets, *others], asset_checks=checks, executor=dg.in_process_executor)
        tags = {
            "dagster/asset_partition_range_start": days[0],
            "dagster/asset_partition_range_end": days[1],
        }
        job = definitions.resolve_implicit_global_asset_job_def()
        return job.execute_in_process(instance=self.instance, tags=tags, raise_on_error=False)

    def status(self, key: dg.AssetKey) -> Mapping[str, str | None]:
        """How Dagster shows the days of an asset."""
        from shopflow_assets.partitions import DAILY

        found = self.instance.get_status_by_partition(key, DAYS, DAILY) or {}
        return {day: status and status.value for day, status in found.items()}

    def planned(self, key: dg.AssetCheckKey) -> set[str | None]:
        """The days on which a check is shown as not finished."""
        history = self.instance.event_log_storage.get_asset_check_execution_history(key, limit=100)
        return {
            record.partition for record in history if record.status.value == "PLANNED" and record.partition
        }

    def _silver(self, daily: Any, one_run: Any) -> dg.AssetsDefinition:
        from shopflow_assets.checks.per_day import Verdict, daily_specs
        from shopflow_assets.day_report import DayReport, is_last_step
        from shopflow_assets.errors import BadDaysError
        from shopflow_assets.gate import held_back
        from shopflow_assets.partitions import run_days

        @dg.multi_asset(
            name="silver",
            specs=[dg.AssetSpec(SILVER, partitions_def=daily, skippable=True)],
            check_specs=daily_specs(SILVER, {"made": "It was made."}, blocking=True),
            can_subset=True,
            backfill_policy=one_run,
        )
        def silver(context: dg.AssetExecutionContext) -> Iterator[Any]:
            report = DayReport(context)
            for day in run_days(context):
                is_made = self.made[day.isoformat()]
                (report.made(SILVER, day, {}) if is_made else report.failed(SILVER, day, "no file"))
                report.judged(MADE, day, Verdict(is_made, "made" if is_made else "no file"))
            self.meanwhile.pop("silver", object)()
            yield from report.events()
            if is_last_step(context) and (bad := held_back(context.instance, [MADE], run_days(context))):
                raise BadDaysError(bad, run_days(context))

        return silver

    def _checks(self, daily: Any) -> dg.AssetChecksDefinition:
        from shopflow_assets.checks.per_day import Verdict, daily_specs
        from shopflow_assets.day_report import DayReport, is_last_step
        from shopflow_assets.errors import BadDaysError
        from shopflow_assets.gate import held_back
        from shopflow_assets.partitions import run_days

        specs = daily_specs(SILVER, {"contract": "It is right."}, blocking=True)

        @dg.multi_asset_check(name="checks", specs=specs, can_subset=True)
        def checks(context: dg.AssetCheckExecutionContext) -> Iterator[Any]:
            report = DayReport(context)
            self.meanwhile.pop("checks", object)()
            for day in run_days(context):
                if not held_back(context.instance, [MADE], [day]):
                    found = self.verdicts.get(day.isoformat(), Verdict(True, "right"))
                    report.judged(JUDGED, day, found)
            yield from report.events()
            bad = held_back(context.instance, [MADE, JUDGED], run_days(context))
            if is_last_step(context) and bad:
                raise BadDaysError(bad, run_days(context))

        return checks

    def _gold(self, daily: Any, one_run: Any) -> dg.AssetsDefinition:
        from shopflow_assets.checks.per_day import Verdict, daily_specs
        from shopflow_assets.day_report import DayReport, is_last_step
        from shopflow_assets.errors import BadDaysError
        from shopflow_assets.gate import held_back
        from shopflow_assets.partitions import run_days

        @dg.multi_asset(
            name="gold",
            specs=[dg.AssetSpec(GOLD, deps=[SILVER], partitions_def=daily, skippable=True)],
            check_specs=daily_specs(GOLD, {"key": "Its key is unique."}, blocking=False),
            can_subset=True,
            backfill_policy=one_run,
        )
        def gold(context: dg.AssetExecutionContext) -> Iterator[Any]:
            report = DayReport(context)
            bad = held_back(context.instance, [MADE, JUDGED], run_days(context))
            for day in run_days(context):
                if day not in bad:
                    report.made(GOLD, day, {})
                    report.judged(TESTED, day, Verdict(True, "unique"))
            yield from report.events()
            if is_last_step(context) and bad:
                raise BadDaysError(bad, run_days(context))

        return gold


@pytest.fixture
def pipeline_of_days(pipeline: Path) -> Iterator[Pipeline]:
    with dg.instance_for_test() as instance:
        yield Pipeline(instance)


def error(result: dg.ExecuteInProcessResult) -> str:
    [failure] = [event for event in result.all_events if event.is_step_failure]
    found = failure.step_failure_data.error
    assert found
    assert found.cause
    return found.cause.message.strip()


def test_good_days_go_on_and_the_last_step_fails_and_names_the_bad_one(pipeline_of_days: Pipeline) -> None:
    pipeline_of_days.made[BAD] = False
    result = pipeline_of_days.run("silver", "checks", "gold")
    assert not result.success
    assert error(result) == (
        "shopflow_assets.errors.BadDaysError: 1 of the run's 3 days held back:\n"
        "2026-01-02: silver/post/parcels: made: no file\n"
        "The others went on. Mend these and run them again."
    )
    good = {"2026-01-01": "MATERIALIZED", "2026-01-03": "MATERIALIZED"}
    assert pipeline_of_days.status(SILVER) == {**good, BAD: "FAILED"}
    # Nobody touched it: it is not shown as broken.
    assert pipeline_of_days.status(GOLD) == {**good, BAD: None}
    assert pipeline_of_days.planned(TESTED) == pipeline_of_days.planned(JUDGED) == set()


def test_a_day_that_a_check_refuses_is_held_back_also_when_gold_is_run_alone(
    pipeline_of_days: Pipeline,
) -> None:
    from shopflow_assets.checks.per_day import Verdict

    pipeline_of_days.verdicts[BAD] = Verdict(False, "wrong")
    assert "silver/post/parcels: contract: wrong" in error(pipeline_of_days.run("silver", "checks"))
    alone = pipeline_of_days.run("gold")
    assert "2026-01-02: silver/post/parcels: contract: wrong" in error(alone)
    assert pipeline_of_days.status(GOLD) == {DAYS[0]: "MATERIALIZED", BAD: None, DAYS[2]: "MATERIALIZED"}


def test_a_warning_holds_nothing_back(pipeline_of_days: Pipeline) -> None:
    from shopflow_assets.checks.per_day import Verdict

    pipeline_of_days.verdicts[BAD] = Verdict(False, "a little", is_warning=True)
    assert pipeline_of_days.run("silver", "checks", "gold").success


def test_silver_that_was_made_anew_must_be_judged_again(pipeline_of_days: Pipeline) -> None:
    assert pipeline_of_days.run("silver", "checks").success
    assert pipeline_of_days.run("silver", days=(BAD, BAD)).success
    assert "and not judged by contract since" in error(pipeline_of_days.run("gold"))
    assert pipeline_of_days.run("checks", days=(BAD, BAD)).success
    assert pipeline_of_days.run("gold").success


def test_a_verdict_is_of_the_rows_that_were_judged_and_not_of_later_ones(pipeline_of_days: Pipeline) -> None:
    pipeline_of_days.meanwhile["checks"] = lambda: pipeline_of_days.run("silver", days=(BAD, BAD))
    result = pipeline_of_days.run("silver", "checks", "gold")
    assert f"{BAD}: silver/post/parcels was made anew by run" in error(result)
    assert pipeline_of_days.status(GOLD) == {DAYS[0]: "MATERIALIZED", BAD: None, DAYS[2]: "MATERIALIZED"}


def test_the_last_attempt_counts_also_when_its_run_was_planned_first(pipeline_of_days: Pipeline) -> None:
    def attempt_well() -> None:
        pipeline_of_days.made[BAD] = True
        pipeline_of_days.run("silver", days=(BAD, BAD))

    pipeline_of_days.made[BAD] = False
    pipeline_of_days.meanwhile["silver"] = attempt_well
    assert f"{BAD}: silver/post/parcels: made: no file" in error(
        pipeline_of_days.run("silver", "checks", "gold")
    )


def test_a_day_that_was_mended_goes_on(pipeline_of_days: Pipeline) -> None:
    pipeline_of_days.made[BAD] = False
    assert not pipeline_of_days.run("silver", "checks", "gold").success
    pipeline_of_days.made[BAD] = True
    assert pipeline_of_days.run("silver", "checks", "gold", days=(BAD, BAD)).success
    assert set(pipeline_of_days.status(GOLD).values()) == {"MATERIALIZED"}


def test_silver_that_was_never_made_holds_a_day_back(pipeline_of_days: Pipeline) -> None:
    assert "silver/post/parcels was never made of the day" in error(pipeline_of_days.run("gold"))
    assert set(pipeline_of_days.status(GOLD).values()) <= {None}


def test_what_was_made_before_stays_shown_when_a_later_run_holds_the_day_back(
    pipeline_of_days: Pipeline,
) -> None:
    assert pipeline_of_days.run("silver", "checks", "gold").success
    pipeline_of_days.made[BAD] = False
    assert not pipeline_of_days.run("silver", "checks", "gold", days=(BAD, BAD)).success
    assert set(pipeline_of_days.status(GOLD).values()) == {"MATERIALIZED"}


def test_the_days_of_a_run_are_dates(pipeline_of_days: Pipeline) -> None:
    from shopflow_assets.errors import BadDaysError

    assert "all" not in str(BadDaysError({date(2026, 1, 1): "why"}, [date(2026, 1, 1)]))
