"""The commands that explain: what was refused, against what the simulator planted."""

import json
from datetime import date

import polars as pl
import pytest

from spark_jobs.contracts.quality import Quarantine
from spark_jobs.contracts.reasons import NOT_SHOWN
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack

REFUSING, NEXT, EMPTY = date(2026, 7, 1), date(2026, 7, 2), date(2026, 7, 9)
ORDERS = "120"
LENIENT = ("--max-quarantined-share", "0.5")


@pytest.fixture(scope="module")
def lakehouse(stack: Stack) -> Lakehouse:
    """Two simulated days in all layers."""
    made = Lakehouse(stack)
    made.empty()
    made.simulate(REFUSING, NEXT, ORDERS)
    # Two of a kind in one file, and without a key by which an example could be chosen.
    made.deliver(NEXT, "broken.jsonl", "{\n[\n")
    made.backfill(REFUSING, NEXT, *LENIENT)
    return made


def test_quarantine_counts_every_reason_that_was_planted_on_the_day(lakehouse: Lakehouse) -> None:
    shown = json.loads(lakehouse.stack.shopflow("quarantine", "--day", f"{REFUSING}", "--format", "json"))
    quarantine = lakehouse.silver(Quarantine).filter(pl.col("partition_date") == REFUSING)
    stored = [reason for reasons in quarantine["reasons"] for reason in reasons]
    # Some end where the value found begins.
    planted = {p["reason"].rstrip("' (:") for p in lakehouse.truth(REFUSING)["planted"]}
    assert planted
    for start in planted:
        counted = sum(row["records"] for row in shown if row["reason"].startswith(start))
        assert counted == sum(reason.startswith(start) for reason in stored) > 0, start
    assert sum(row["records"] for row in shown) == len(stored)
    assert {row["day"] for row in shown} == {f"{REFUSING}"}
    assert {row["table"] for row in shown} == {"ecommerce.order_lines"}


def test_quarantine_of_all_days_holds_more_than_one(lakehouse: Lakehouse) -> None:
    shown = json.loads(lakehouse.stack.shopflow("quarantine", "--format", "json"))
    assert {row["day"] for row in shown} == {f"{REFUSING}", f"{NEXT}"}


def test_rows_with_two_columns_of_one_name_are_no_json(lakehouse: Lakehouse) -> None:
    done = lakehouse.stack.attempt("sql", "select 1 as n, 2 as n", "--format", "json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Two columns are called 'n'" in done.stderr


def test_quarantine_names_an_example_and_nobody(lakehouse: Lakehouse) -> None:
    table = lakehouse.stack.shopflow("quarantine")
    records = [
        json.loads(row["record"]) for row in lakehouse.sql("select record from silver.quality.quarantine")
    ]
    personal = {
        text for record in records for name in ("email", "customer_name") if (text := record.get(name))
    }
    assert personal
    assert not [text for text in personal if text in table]
    assert NOT_SHOWN in table
    assert "order_id=O-" in table


def test_quarantine_of_a_day_that_is_not_there_says_what_to_do(lakehouse: Lakehouse) -> None:
    assert f"shopflow backfill {EMPTY} {EMPTY}" in lakehouse.stack.shopflow("quarantine", "--day", f"{EMPTY}")
    assert lakehouse.stack.shopflow("quarantine", "--day", f"{EMPTY}", "--format", "json") == "[]\n"


def test_quarantine_refuses_what_is_no_day(lakehouse: Lakehouse) -> None:
    done = lakehouse.stack.attempt("quarantine", "--day", "1 July")
    assert done.returncode == 1
    assert "YYYY-MM-DD" in done.stderr
