"""Each day of a run has its own outcome: good days go on, and bad ones are named at the end."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from shopflow_assets.errors import BadDaysError
from tests.unit.pipeline.day_pipeline import BAD, DAYS, GOLD, JUDGED, SILVER, TESTED, Pipeline


@pytest.fixture
def pipeline_of_days(pipeline: Path) -> Iterator[Pipeline]:
    with dg.instance_for_test() as instance:
        yield Pipeline(instance)


def error(result: dg.ExecuteInProcessResult) -> str:
    [failure] = [event for event in result.all_events if event.is_step_failure]
    info = failure.step_failure_data.error
    assert info
    assert info.cause
    return info.cause.message.strip()


def test_good_days_go_on_and_the_last_step_fails_and_names_the_bad_one(pipeline_of_days: Pipeline) -> None:
    pipeline_of_days.made[BAD] = False
    result = pipeline_of_days.run("silver", "checks", "gold")
    assert not result.success
    assert error(result) == (
        "shopflow_assets.errors.BadDaysError: 1 of the run's 3 days held back:\n"
        "2026-01-02: silver/post/parcels: made: no file\n"
        "The other days went on. Correct these and run them again."
    )
    good = {"2026-01-01": "MATERIALIZED", "2026-01-03": "MATERIALIZED"}
    assert pipeline_of_days.status(SILVER) == {**good, BAD: "FAILED"}
    # Nobody touched it: it is not shown as broken.
    assert pipeline_of_days.status(GOLD) == {**good, BAD: None}
    assert pipeline_of_days.planned(TESTED) == pipeline_of_days.planned(JUDGED) == set()


def test_a_day_that_a_check_refuses_is_held_back_also_when_gold_is_run_alone(
    pipeline_of_days: Pipeline,
) -> None:
    from shopflow_assets.verdict import Verdict

    pipeline_of_days.verdicts[BAD] = Verdict(False, "wrong")
    assert "silver/post/parcels: contract: wrong" in error(pipeline_of_days.run("silver", "checks"))
    alone = pipeline_of_days.run("gold")
    assert "2026-01-02: silver/post/parcels: contract: wrong" in error(alone)
    assert pipeline_of_days.status(GOLD) == {DAYS[0]: "MATERIALIZED", BAD: None, DAYS[2]: "MATERIALIZED"}


def test_a_reason_of_several_tables_is_told_once(pipeline: Path) -> None:
    from shopflow_assets.days.gate import held_back

    why = {"lines": "the slot is gone", "orders": "the slot is gone", "other": "late"}
    tables = [dg.AssetKey(["bronze", "shop", name]) for name in why]
    with dg.instance_for_test() as instance:
        for table in tables:
            instance.report_runless_asset_event(
                dg.AssetCheckEvaluation(
                    asset_key=table,
                    check_name="landed",
                    passed=False,
                    description=why[table.path[-1]],
                    partition=BAD,
                    severity=dg.AssetCheckSeverity.ERROR,
                )
            )
        day, checks = date.fromisoformat(BAD), [dg.AssetCheckKey(table, "landed") for table in tables]
        bad = held_back(instance, checks, [day])
    of_two = "bronze/shop/lines, bronze/shop/orders: landed: the slot is gone"
    assert bad == {day: f"{of_two}; bronze/shop/other: landed: late"}


def test_a_warning_holds_nothing_back(pipeline_of_days: Pipeline) -> None:
    from shopflow_assets.verdict import Verdict

    pipeline_of_days.verdicts[BAD] = Verdict(False, "a little", is_warning=True)
    assert pipeline_of_days.run("silver", "checks", "gold").success


def test_silver_that_was_rewritten_must_be_judged_again(pipeline_of_days: Pipeline) -> None:
    assert pipeline_of_days.run("silver", "checks").success
    assert pipeline_of_days.run("silver", days=(BAD, BAD)).success
    assert ", not judged by contract since" in error(pipeline_of_days.run("gold"))
    assert pipeline_of_days.run("checks", days=(BAD, BAD)).success
    assert pipeline_of_days.run("gold").success


def test_a_verdict_does_not_count_for_rows_that_were_written_after_it_began(
    pipeline_of_days: Pipeline,
) -> None:
    pipeline_of_days.meanwhile["checks"] = lambda: pipeline_of_days.run("silver", days=(BAD, BAD))
    result = pipeline_of_days.run("silver", "checks", "gold")
    assert "replaced silver/post/parcels, not judged by" in error(result)
    assert pipeline_of_days.status(GOLD) == {DAYS[0]: "MATERIALIZED", BAD: None, DAYS[2]: "MATERIALIZED"}


def test_the_attempt_that_ends_last_counts_even_if_its_run_began_first(pipeline_of_days: Pipeline) -> None:
    def attempt_well() -> None:
        pipeline_of_days.made[BAD] = True
        pipeline_of_days.run("silver", days=(BAD, BAD))

    pipeline_of_days.made[BAD] = False
    pipeline_of_days.meanwhile["silver"] = attempt_well
    assert f"{BAD}: silver/post/parcels: made: no file" in error(
        pipeline_of_days.run("silver", "checks", "gold")
    )


def test_a_day_goes_on_after_its_files_were_corrected(pipeline_of_days: Pipeline) -> None:
    pipeline_of_days.made[BAD] = False
    assert not pipeline_of_days.run("silver", "checks", "gold").success
    pipeline_of_days.made[BAD] = True
    assert pipeline_of_days.run("silver", "checks", "gold", days=(BAD, BAD)).success
    assert set(pipeline_of_days.status(GOLD).values()) == {"MATERIALIZED"}


def test_silver_that_was_never_made_holds_a_day_back(pipeline_of_days: Pipeline) -> None:
    assert "silver/post/parcels has no data of this day: run the day" in error(pipeline_of_days.run("gold"))
    assert set(pipeline_of_days.status(GOLD).values()) <= {None}


def test_gold_of_a_day_stays_shown_when_a_later_run_holds_the_day_back(
    pipeline_of_days: Pipeline,
) -> None:
    assert pipeline_of_days.run("silver", "checks", "gold").success
    pipeline_of_days.made[BAD] = False
    assert not pipeline_of_days.run("silver", "checks", "gold", days=(BAD, BAD)).success
    assert set(pipeline_of_days.status(GOLD).values()) == {"MATERIALIZED"}


def test_a_day_that_the_run_leaves_out_is_tried_by_no_step_and_looks_as_before(
    pipeline_of_days: Pipeline,
) -> None:
    from shopflow_assets.days.run_tags import missing_tags

    pipeline_of_days.made[BAD] = False
    tags = missing_tags("post", [date.fromisoformat(BAD)])
    assert pipeline_of_days.run("silver", "checks", "gold", tags=tags).success
    carried = {DAYS[0]: "MATERIALIZED", BAD: None, DAYS[2]: "MATERIALIZED"}
    assert pipeline_of_days.status(SILVER) == pipeline_of_days.status(GOLD) == carried
    assert pipeline_of_days.planned(TESTED) == pipeline_of_days.planned(JUDGED) == set()


def test_a_day_that_the_run_leaves_out_for_another_domain_is_tried(pipeline_of_days: Pipeline) -> None:
    from shopflow_assets.days.run_tags import missing_tags

    pipeline_of_days.made[BAD] = False
    assert not pipeline_of_days.run("silver", tags=missing_tags("shop", [date.fromisoformat(BAD)])).success


def test_the_error_of_a_run_without_good_days_does_not_say_that_others_went_on() -> None:
    day = date(2026, 1, 1)
    assert str(BadDaysError({day: "why"}, [day])) == "1 of the run's 1 days held back:\n2026-01-01: why"
