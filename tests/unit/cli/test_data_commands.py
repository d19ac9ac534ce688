"""What commands do without engines: reading days, finding the assets of a run, formats of rows."""

import io
import json
from datetime import date
from typing import Any

import pytest

from local_stack.errors import DagsterApiError, DayError
from shopflow_cli import query
from shopflow_cli.days import parse_day
from shopflow_cli.runs.asset_selection import asset_job, check_days
from shopflow_cli.runs.dagster_api import AssetJob


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


def rows(*found: tuple[Any, ...]) -> query.Rows:
    return query.Rows(("amount", "note"), ("decimal(38,2)", "varchar"), iter(found))


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
