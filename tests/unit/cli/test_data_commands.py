"""What commands do without engines: reading days, reports of runs, formats of rows."""

import io
import json
from datetime import date
from typing import Any

import pytest
from rich.console import Console

from local_stack.errors import DagsterApiError, DayError
from shopflow_cli import query
from shopflow_cli.backfill import asset_job, check_days
from shopflow_cli.days import parse_day
from shopflow_cli.runs.dagster_api import AssetJob
from shopflow_cli.runs.follow import show
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


class FakeWebserver:
    """Stands in for Dagster's definitions: two assets with daily partitions, one without."""

    def __init__(self, jobs: tuple[str, ...] = ("__ASSET_JOB", "daily")) -> None:
        self.jobs = jobs

    def assets(self) -> list[dict[str, Any]]:
        return [self.node("b", jobs=self.jobs), self.node("a"), self.node("whole", partitioned=False)]

    def node(
        self, name: str, *, jobs: tuple[str, ...] = ("__ASSET_JOB",), partitioned: bool = True
    ) -> dict[str, Any]:
        return {
            "assetKey": {"path": [name]},
            "isMaterializable": True,
            "isPartitioned": partitioned,
            "jobNames": list(jobs),
            "repository": {"name": "repository", "location": {"name": "place"}},
        }

    def days(self, asset: tuple[str, ...]) -> list[str]:
        return ["2026-01-01", "2026-01-02"]


@pytest.mark.parametrize(
    "text", ["2026-1-1", "20260101", "2026-02-30", "2026-W01-1", "today", "", "2026-01-01 "]
)
def test_a_day_that_is_not_written_as_one_is_refused(text: str) -> None:
    with pytest.raises(DayError, match="YYYY-MM-DD"):
        parse_day(text)


def test_a_day_is_read() -> None:
    assert parse_day("2026-02-28") == date(2026, 2, 28)


def test_a_run_covers_every_partitioned_asset_and_no_other() -> None:
    assert asset_job(FakeWebserver()) == AssetJob("repository", "place", "__ASSET_JOB", (("a",), ("b",)))  # ty: ignore[invalid-argument-type]


def test_assets_that_share_no_job_are_an_error() -> None:
    with pytest.raises(DagsterApiError, match="differ in partitions"):
        asset_job(FakeWebserver(jobs=("__ASSET_JOB_1",)))  # ty: ignore[invalid-argument-type]


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (
            "2025-12-31",
            "2026-01-01",
            "2025-12-31 is not a partition; possible days: 2026-01-01 to 2026-01-02",
        ),
        ("2026-01-01", "2026-01-03", "2026-01-03 is not a partition"),
        ("2026-01-02", "2026-01-01", "before it starts"),
    ],
)
def test_days_without_a_partition_are_refused(start: str, end: str, message: str) -> None:
    job = AssetJob("repository", "place", "__ASSET_JOB", (("a",),))
    with pytest.raises(DayError, match=message):
        check_days(FakeWebserver(), job, parse_day(start), parse_day(end))  # ty: ignore[invalid-argument-type]


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


def test_assets_that_were_planned_and_not_made_are_named() -> None:
    run = report({"__typename": "AssetMaterializationPlannedEvent", "assetKey": ORDERS}, status="FAILURE")
    assert run.untouched == ["silver/ecommerce/order_lines"]


def rows(*found: tuple[Any, ...]) -> query.Rows:
    return query.Rows(("amount", "note"), ("decimal(38,2)", "varchar"), iter(found))


def test_what_a_step_logs_is_kept_while_it_runs() -> None:
    started = {"__typename": "ExecutionStepStartEvent", "stepKey": "gold"}
    logged = {"__typename": "LogMessageEvent", "level": "INFO", "message": "first batch built\nat length"}
    detail = {"__typename": "LogMessageEvent", "level": "DEBUG", "message": "a detail"}
    assert report(started, logged, detail).last_message == "first batch built"
    assert report(started, logged, {**started, "stepKey": "gold__reconciliation"}).last_message == ""


def test_json_keeps_every_digit_of_a_decimal_and_shows_null() -> None:
    out = io.StringIO()
    query._write_json(rows(("12345678901234567.10", None), ("1.50", "ü")), out)
    assert json.loads(out.getvalue()) == [
        {"amount": "12345678901234567.10", "note": None},
        {"amount": "1.50", "note": "ü"},
    ]


def test_json_without_rows_is_an_empty_list() -> None:
    out = io.StringIO()
    query._write_json(rows(), out)
    assert json.loads(out.getvalue()) == []


def test_csv_quotes_what_needs_it() -> None:
    out = io.StringIO()
    query._write_csv(rows(("1.50", 'a, "b"'), ("0.00", None)), out)
    assert out.getvalue() == 'amount,note\n1.50,"a, ""b"""\n0.00,\n'


def test_a_table_shows_null_and_brackets_and_is_not_cut_in_a_pipe() -> None:
    out = io.StringIO()
    query._write_table(rows(("1.50", None), ("2.00", "[bold]" + "x" * 300)), out)
    assert "null" in out.getvalue()
    assert "[bold]" + "x" * 300 in out.getvalue()
