"""What the report of a run tells of its events, and how it is shown."""

import io
from typing import Any

from rich.console import Console

from shopflow_cli.runs.outcome import show
from shopflow_cli.runs.run_report import CheckResult, RunReport

ORDERS = {"path": ["silver", "ecommerce", "order_lines"]}


def evaluation(day: str, *, success: bool, severity: str = "ERROR", why: str | None = None) -> dict[str, Any]:
    return {
        "__typename": "AssetCheckEvaluationEvent",
        "evaluation": {
            "assetKey": ORDERS,
            "checkName": "contract",
            "partition": day,
            "success": success,
            "severity": severity,
            "description": why,
            "metadataEntries": [{"label": "unique_id", "text": "x"}, {"label": "rows", "intRepr": "3"}],
        },
    }


def report(*events: dict[str, Any], status: str = "SUCCESS") -> RunReport:
    made = RunReport(status=status)
    for event in events:
        made.add(event)
    return made


def test_a_failed_check_with_severity_error_makes_a_run_bad_and_names_its_day() -> None:
    run = report(evaluation("2026-01-01", success=True), evaluation("2026-01-02", success=False))
    assert not run.is_good
    assert [(check.day, check.why) for check in run.errors] == [("2026-01-02", "rows: 3")]


def test_a_check_that_only_warns_passes_and_is_shown() -> None:
    run = report(evaluation("2026-01-01", success=False, severity="WARN"))
    assert run.is_good
    assert [check.day for check in run.warnings] == ["2026-01-01"]


def shown(severity: str, *days: tuple[str, str]) -> list[str]:
    run = report(*(evaluation(day, success=False, severity=severity, why=why) for day, why in days))
    out = io.StringIO()
    show(run, "some days", Console(file=out, width=60))
    return [line.strip() for line in out.getvalue().splitlines() if line.startswith("    ")]


def test_days_of_which_a_check_says_the_same_share_a_line() -> None:
    days = ("2026-01-31", "2026-02-01", "2026-02-03", "2026-02-04", "2026-02-05")
    assert shown("ERROR", *zip(days, "aaabb", strict=True)) == [
        "2026-01-31 to 2026-02-01: a",
        "2026-02-03: a",
        "2026-02-04 to 2026-02-05: b",
    ]


def test_assets_of_which_a_check_says_the_same_share_its_lines() -> None:
    whys = {"lines": "gone", "orders": "gone", "other": "late"}
    results = [CheckResult(asset, "landed", "2026-01-01", False, True, why) for asset, why in whys.items()]
    run, out = RunReport(checks={(r.asset, r.check, r.day): r for r in results}), io.StringIO()
    show(run, "some days", Console(file=out, width=60))
    of_checks = ["lines, orders: landed", "2026-01-01: gone", "other: landed", "2026-01-01: late"]
    assert [line.strip() for line in out.getvalue().splitlines()[2:]] == of_checks


def january(*whys: str) -> list[tuple[str, str]]:
    return [(f"2026-01-{day:02}", why) for day, why in enumerate(whys, start=1)]


def test_many_unlike_warnings_are_cut_short_and_no_failed_day_is() -> None:
    days = january(*(f"sender {chr(97 + n)}" for n in range(26)))
    assert shown("ERROR", *days) == [f"{day}: {why}" for day, why in days]
    *lines, last = shown("WARN", *days)
    assert lines
    assert lines == [f"{day}: {why}" for day, why in days[: len(lines)]]
    assert last.startswith(f"{len(days) - len(lines)} more days")


def test_warnings_that_differ_in_numbers_share_a_line_and_do_not_hide_another() -> None:
    late = [f"landed {900.5 - 24 * n} hours after 2026-01-{n + 1:02}" for n in range(31)]
    late[20] = "no file has a date"
    assert shown("WARN", *january(*late)) == [
        "2026-01-21: no file has a date",
        "30 days from 2026-01-01 to 2026-01-31, the first: landed 900.5 hours after 2026-01-01",
    ]


def test_a_few_warnings_that_differ_in_numbers_are_all_shown() -> None:
    days = january("3 rows", "4 rows", "5 rows")
    assert shown("WARN", *days) == [f"{day}: {why}" for day, why in days]


def test_every_failed_day_is_named_with_all_its_numbers() -> None:
    days = january(*(f"{n} rows are missing" for n in range(20)))
    assert shown("ERROR", *days) == [f"{day}: {why}" for day, why in days]


def refused(count: int) -> str:
    return "\n".join(f"s3://inbox/{n}.csv refused: {'x' * 500}" for n in range(count))


def test_a_message_of_several_lines_is_shown_whole_with_a_line_for_each_file() -> None:
    first, *others = refused(5).splitlines()
    assert shown("ERROR", ("2026-01-01", refused(5))) == [f"2026-01-01: {first}", *others]


def test_of_very_many_lines_some_are_shown_and_the_others_counted() -> None:
    lines = shown("ERROR", ("2026-01-01", refused(40)))
    assert len(lines) == 11
    assert lines[-1] == "and 30 more: see the asset's checks in Dagster"


def step_failure(*messages: str) -> dict[str, Any]:
    chain = [{"error": {"message": message}} for message in messages]
    error = {"message": "Error occurred while executing op", "errorChain": chain}
    return {"__typename": "ExecutionStepFailureEvent", "stepKey": "a__b", "error": error}


def failure_shown(*messages: str) -> list[str]:
    out = io.StringIO()
    show(report(step_failure(*messages), status="FAILURE"), "some days", Console(file=out, width=60))
    return [line for line in out.getvalue().splitlines() if line.startswith("  ")]


def test_a_failed_step_names_every_day_and_most_lines_of_each() -> None:
    files = "\n".join(f"  s3://inbox/{n}.csv refused: {'x' * 500}" for n in range(30))
    days = [f"2026-01-{day:02}: bronze/a: landed: first.csv refused: y" for day in range(1, 21)]
    message = "\n".join(["20 of the run's 20 days held back:", f"{days[0]}\n{files}", *days[1:]])
    lines = failure_shown(f"shopflow_assets.errors.BadDaysError: {message}")
    assert [line.strip() for line in lines if not line.startswith("    ")][1:] == days
    details = [line for line in lines if line.startswith("    ")]
    assert len(details) == 10
    assert details[0] == f"    s3://inbox/0.csv refused: {'x' * 500}"
    assert details[-1] == "    and 21 more: see the asset's checks in Dagster"


def test_our_own_error_is_shown_and_not_what_caused_it() -> None:
    own = "shopflow_assets.errors.StoreError: run the day again\n"
    assert failure_shown(own, "botocore.exceptions.ClientError: 503\n") == ["  run the day again"]


def test_a_failed_run_is_bad_even_without_failed_checks() -> None:
    assert not report(status="FAILURE").is_good
    assert not report(status="CANCELED").is_good


def test_a_failed_step_tells_its_innermost_cause() -> None:
    chain = [{"error": {"message": "outer"}}, {"error": {"message": "ValueError: 2026-01-02 has no files"}}]
    error = {"message": "Error occurred while executing op", "errorChain": chain}
    run = report(
        {"__typename": "ExecutionStepFailureEvent", "stepKey": "a__b", "error": error}, status="FAILURE"
    )
    assert run.failed_steps == {"a/b": "ValueError: 2026-01-02 has no files"}


def test_a_cancelled_run_says_so_and_not_what_its_step_was_doing() -> None:
    chain = [
        {"error": {"message": "dagster._core.errors.DagsterExecutionInterruptedError\n"}},
        {"error": {"message": "FileNotFoundError: handled, and no cause"}},
    ]
    error = {"message": "Error occurred while executing op", "errorChain": chain}
    failure = {"__typename": "ExecutionStepFailureEvent", "stepKey": "shop_silver", "error": error}
    out = io.StringIO()
    show(report(failure, status="CANCELED"), "some days", Console(file=out, width=200))
    assert "Cancelled during shop_silver: the run was stopped in Dagster" in out.getvalue()
    assert "Error" not in out.getvalue()


def test_a_run_that_is_cancelled_before_it_starts_says_so() -> None:
    out = io.StringIO()
    show(report(status="CANCELED"), "some days", Console(file=out, width=200))
    assert "Cancelled: the run was stopped in Dagster" in out.getvalue()


def test_assets_that_were_planned_and_not_made_are_named() -> None:
    run = report({"__typename": "AssetMaterializationPlannedEvent", "assetKey": ORDERS}, status="FAILURE")
    assert run.untouched == ["silver/ecommerce/order_lines"]


def test_what_a_step_logs_is_kept_while_it_runs() -> None:
    started = {"__typename": "ExecutionStepStartEvent", "stepKey": "gold"}
    logged = {"__typename": "LogMessageEvent", "level": "INFO", "message": "first batch built\nat length"}
    detail = {"__typename": "LogMessageEvent", "level": "DEBUG", "message": "a detail"}
    assert report(started, logged, detail).last_message == "first batch built"
    assert report(started, logged, {**started, "stepKey": "gold__reconciliation"}).last_message == ""
