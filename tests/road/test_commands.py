"""The commands that explain: their output, compared with what the simulator planted."""

import json
from datetime import timedelta

import polars as pl
import pytest

from spark_jobs.contracts.quality import Quarantine
from spark_jobs.contracts.reasons import NOT_SHOWN
from tests.harness.lakehouse import Lakehouse
from tests.road.carried import DAYS, SHOP_DAYS

REFUSING, NEXT, *_ = DAYS
EMPTY = SHOP_DAYS[-1] + timedelta(days=1)


def test_quarantine_counts_every_reason_that_was_planted_on_the_day(road: Lakehouse) -> None:
    shown = json.loads(road.stack.shopflow("quarantine", "--day", f"{REFUSING}", "--format", "json"))
    mine = (pl.col("domain") == "ecommerce") & (pl.col("partition_date") == REFUSING)
    quarantine = road.silver(Quarantine).filter(mine)
    stored = [reason for reasons in quarantine["reasons"] for reason in reasons]
    # A planted reason ends where the bad value begins.
    planted = {p["reason"].partition(" (")[0].rstrip("' :") for p in road.truth(REFUSING)["planted"]}
    assert planted
    for start in planted:
        counted = sum(row["records"] for row in shown if row["reason"].startswith(start))
        assert counted == sum(reason.startswith(start) for reason in stored) > 0, start
    assert sum(row["records"] for row in shown) == len(stored)
    assert {row["day"] for row in shown} == {f"{REFUSING}"}
    assert {row["table"] for row in shown} == {"ecommerce.order_lines"}


def test_quarantine_of_all_days_holds_more_than_one(road: Lakehouse) -> None:
    assert f"{REFUSING}" in road.stack.shopflow("quarantine")
    shown = json.loads(road.stack.shopflow("quarantine", "--format", "json"))
    assert {row["day"] for row in shown} >= {f"{REFUSING}", f"{NEXT}"}


def test_records_of_one_kind_in_one_file_and_without_a_key_are_counted_once_each(road: Lakehouse) -> None:
    shown = json.loads(road.stack.shopflow("quarantine", "--day", f"{NEXT}", "--format", "json"))
    assert [row["records"] for row in shown if row["table"] == "post.parcels"] == [2]


def test_rows_with_two_columns_of_one_name_are_no_json(road: Lakehouse) -> None:
    done = road.stack.attempt("sql", "select 1 as n, 2 as n", "--format", "json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Two columns are called 'n'" in done.stderr


FUNCTION = (
    "with function twice(n integer) returns integer begin declare m integer; set m = 2 * n; return m; end"
)


@pytest.mark.parametrize(
    ("statement", "printed"),
    [
        ("-- a number\nselect 7 as n; -- done", "n\n7\n"),
        (f"{FUNCTION} select twice(7) as n;", "n\n14\n"),
    ],
)
def test_one_statement_may_hold_semicolons(road: Lakehouse, statement: str, printed: str) -> None:
    assert road.stack.shopflow("sql", statement, "--format", "csv") == printed


@pytest.mark.parametrize(
    ("statement", "message"),
    [("-- nothing", "no statement to run"), ("select 1; select 2", "Run one statement at a time.")],
)
def test_no_statement_and_two_statements_are_refused(road: Lakehouse, statement: str, message: str) -> None:
    done = road.stack.attempt("sql", statement)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_quarantine_names_an_example_and_nobody(road: Lakehouse) -> None:
    table = road.stack.shopflow("quarantine", "--day", f"{REFUSING}")
    stored = road.silver(Quarantine).filter(pl.col("partition_date") == REFUSING)
    records = [json.loads(record) for record in stored["record"]]
    personal = {
        text for record in records for name in ("email", "customer_name") if (text := record.get(name))
    }
    assert personal
    assert not [text for text in personal if text in table]
    assert NOT_SHOWN in table
    assert "order_id=O-" in table


def test_quarantine_of_a_day_that_is_not_there_says_what_to_do(road: Lakehouse) -> None:
    assert f"shopflow backfill {EMPTY} {EMPTY}" in road.stack.shopflow("quarantine", "--day", f"{EMPTY}")
    assert road.stack.shopflow("quarantine", "--day", f"{EMPTY}", "--format", "json") == "[]\n"


def test_quarantine_refuses_what_is_no_day(road: Lakehouse) -> None:
    done = road.stack.attempt("quarantine", "--day", "1 July")
    assert done.returncode == 1
    assert "YYYY-MM-DD" in done.stderr
