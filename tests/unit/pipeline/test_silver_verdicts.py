"""Each check of a silver day passes on a day that is in order and fails on the defect it is there for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from spark_jobs.contracts.rules import Limits
from spark_jobs.manifest import Window
from tests.unit.contracts.test_contract import GOOD
from tests.unit.pipeline.silver_days import DAY, landed_manifest, silver_day

LIMITS = Limits(first_partition=date(2026, 1, 1))


@pytest.fixture
def verdicts(pipeline: Path):
    from shopflow_assets.checks import silver_verdicts

    return silver_verdicts


def test_a_day_in_order_passes(verdicts) -> None:
    day = silver_day()
    assert verdicts.contract([day], LIMITS)[DAY].passed
    assert verdicts.row_ledger(day).passed
    assert verdicts.reconciliation(day).passed


def test_a_day_without_changes_passes(verdicts) -> None:
    window = Window(start=datetime(2026, 2, 1, tzinfo=UTC), end=datetime(2026, 2, 2, tzinfo=UTC))
    manifest = landed_manifest().model_copy(update={"window": window, "files": ()})
    zeros = dict.fromkeys(("bronze_rows", "silver_rows", "duplicate_rows", "quarantined_rows"), 0)
    amounts = dict.fromkeys(("duplicate_amount", "quarantined_amount"), Decimal(0))
    day = silver_day(manifest=manifest, rows=[], quarantine=[], ledger=zeros | amounts)
    assert manifest.is_landed
    assert verdicts.contract([day], LIMITS)[DAY].passed
    assert verdicts.row_ledger(day).passed
    assert verdicts.reconciliation(day).passed


def test_the_contract_check_reports_the_quality_of_the_day(verdicts) -> None:
    metadata = verdicts.contract([silver_day()], LIMITS)[DAY].metadata
    assert metadata["accuracy"] == 0.5
    assert metadata["consistency"] == 1
    assert 0 < metadata["completeness"] < 1
    assert metadata["timeliness_hours"] == 6


def test_refused_records_that_break_a_rule_across_columns_are_inconsistent(verdicts) -> None:
    reasons = [
        ["quantity: must be > 0: 0", "total_amount = price * quantity - discount"],
        ["price: required"],
        ["registration_date not after date(order_date + 14 h)"],
    ]
    refused = [{"reasons": why, "record": "{}", "source_file": "f"} for why in reasons]
    metadata = verdicts.contract([silver_day(quarantine=refused)], LIMITS)[DAY].metadata
    assert metadata["consistency"] == 0.5


def test_a_row_that_breaks_the_contract_fails_and_is_shown_by_its_key(verdicts) -> None:
    [verdict] = verdicts.contract([silver_day(rows=[{**GOOD, "order_status": "lost"}])], LIMITS).values()
    assert not verdict.passed
    first = verdict.metadata["first_failures"].records[0].data
    assert (first["order_id"], first["column"], first["value"]) == ("O-1", "order_status", "lost")
    assert "Lovelace" not in str(verdict)


def test_a_personal_value_that_breaks_the_contract_is_not_shown(verdicts) -> None:
    [verdict] = verdicts.contract([silver_day(rows=[{**GOOD, "email": "ada at home"}])], LIMITS).values()
    assert verdict.metadata["first_failures"].records[0].data["column"] == "email"
    assert "ada at home" not in str(verdict)


def test_of_days_judged_together_those_fail_that_break_the_contract(verdicts) -> None:
    days = []
    # The same order line on each of them, which is no duplicate.
    for n, status in enumerate(("delivered", "lost", "delivered")):
        day = DAY + timedelta(days=n)
        row = {**GOOD, "order_status": status, "partition_date": day}
        days.append(replace(silver_day(rows=[row]), day=day))
    verdict_of = verdicts.contract(days, LIMITS)
    assert [(day, verdict.passed) for day, verdict in verdict_of.items()] == [
        (DAY, True),
        (DAY + timedelta(days=1), False),
        (DAY + timedelta(days=2), True),
    ]
    assert "lost" in verdict_of[DAY + timedelta(days=1)].description


@pytest.mark.parametrize(
    "change",
    [
        {"ledger": {"manifest_sha256": "other"}},
        {"ledger": {"bronze_rows": 4}},
        {"ledger": {"duplicate_rows": 0}},
        {"rows": []},
        {"quarantine": []},
        {"version": 3},
        {"manifest": landed_manifest(records=4)},
    ],
    ids=[
        "other manifest",
        "bronze rows",
        "lost record",
        "silver rows",
        "quarantine rows",
        "torn",
        "redelivered",
    ],
)
def test_a_ledger_that_does_not_add_up_fails(verdicts, change: dict[str, Any]) -> None:
    assert not verdicts.row_ledger(silver_day(**change)).passed


def test_a_cent_that_is_missing_fails(verdicts) -> None:
    verdict = verdicts.reconciliation(silver_day(manifest=landed_manifest(amount="55.01")))
    assert not verdict.passed
    assert verdict.metadata["difference"] == "0.01"
