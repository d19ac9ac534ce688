"""What the report of a run tells of its events, and how it is shown."""

import io
from typing import Any

from rich.console import Console

from shopflow_cli.runs.outcome import show
from shopflow_cli.runs.run_report import RunReport

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
    show(run, "some days", Console(file=out))
    return [line.strip() for line in out.getvalue().splitlines() if line.startswith("    ")]


def test_days_of_which_a_check_says_the_same_share_a_line() -> None:
    days = ("2026-01-31", "2026-02-01", "2026-02-03", "2026-02-04", "2026-02-05")
    assert shown("ERROR", *zip(days, "aaabb", strict=True)) == [
        "2026-01-31 to 2026-02-01: a",
        "2026-02-03: a",
        "2026-02-04 to 2026-02-05: b",
    ]


def test_many_warnings_are_cut_short_and_no_failed_day_is() -> None:
    days = [(f"2026-01-{day:02}", f"{day} records") for day in range(1, 32)]
    assert shown("ERROR", *days) == [f"{day}: {why}" for day, why in days]
    *lines, last = shown("WARN", *days)
    assert lines
    assert lines == [f"{day}: {why}" for day, why in days[: len(lines)]]
    assert last.startswith(f"{len(days) - len(lines)} more days")


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
