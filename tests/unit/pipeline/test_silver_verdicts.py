"""Each check of a silver day passes on a day that is in order and fails on the defect it is there for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from spark_jobs.contracts.contract import columns
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.contracts.rules import Limits
from spark_jobs.manifest import LandedFile, Manifest
from tests.unit.contracts.test_contract import GOOD, SCHEMA

DAY = date(2026, 2, 1)
LIMITS = Limits(first_partition=date(2026, 1, 1))


@pytest.fixture
def verdicts(pipeline: Path):
    from shopflow_assets.checks import silver_verdicts

    return silver_verdicts


def _manifest(records: int = 3, amount: str = "55.00") -> Manifest:
    file = LandedFile(
        name="orders-abc.csv",
        source="s3://inbox/ecommerce/2026-02-01/orders.csv",
        bytes=100,
        sha256="abc",
        columns=tuple(c.name for c in columns(OrderLines)),
        records=records,
        malformed=0,
        characters={},
        amount=Decimal(amount),
        landed_at=datetime(2026, 2, 2, 6, tzinfo=UTC),
    )
    return Manifest(domain="ecommerce", table="order_lines", partition_date=DAY, prefix="", files=(file,))


def silver_day(**changes: Any):
    """Three records: one in silver, one duplicate of it, one in quarantine for 5.00."""
    from shopflow_assets.checks.silver_verdicts import SilverDay

    manifest = changes.get("manifest", _manifest())
    ledger = {
        "bronze_rows": 3,
        "silver_rows": 1,
        "duplicate_rows": 1,
        "superseded_rows": 0,
        "quarantined_rows": 1,
        "duplicate_amount": Decimal("25.00"),
        "quarantined_amount": Decimal("5.00"),
        "manifest_sha256": manifest.sha256,
        "silver_version": 4,
    } | changes.get("ledger", {})
    rows = pl.DataFrame(changes.get("rows", [GOOD]), schema=SCHEMA)
    refused = [{"reasons": ["price: not a decimal(10,2): 'x'"], "record": "{}", "source_file": "f"}]
    schema = {"reasons": pl.List(pl.String), "record": pl.String, "source_file": pl.String}
    quarantine = pl.DataFrame(changes.get("quarantine", refused), schema=schema)
    version = changes.get("version", 4)
    return SilverDay(OrderLines, DAY, manifest, rows, quarantine, ledger, version)


def test_a_day_in_order_passes(verdicts) -> None:
    day = silver_day()
    assert verdicts.contract([day], LIMITS)[DAY].passed
    assert verdicts.row_ledger(day).passed
    assert verdicts.reconciliation(day).passed


def test_the_contract_check_reports_the_quality_of_the_day(verdicts) -> None:
    found = verdicts.contract([silver_day()], LIMITS)[DAY].metadata
    assert found["accuracy"] == 0.5
    assert found["consistency"] == 1
    assert 0 < found["completeness"] < 1
    assert found["timeliness_hours"] == 6


def test_refused_records_that_break_a_rule_across_columns_are_inconsistent(verdicts) -> None:
    reasons = [
        ["quantity: must be > 0: 0", "total_amount = price * quantity - discount"],
        ["price: required"],
        ["registration_date not after date(order_date + 14 h)"],
    ]
    refused = [{"reasons": why, "record": "{}", "source_file": "f"} for why in reasons]
    found = verdicts.contract([silver_day(quarantine=refused)], LIMITS)[DAY].metadata
    assert found["consistency"] == 0.5


def test_a_row_that_breaks_the_contract_fails_and_is_shown_by_its_key(verdicts) -> None:
    [found] = verdicts.contract([silver_day(rows=[{**GOOD, "order_status": "lost"}])], LIMITS).values()
    assert not found.passed
    first = found.metadata["first_failures"].records[0].data
    assert (first["order_id"], first["column"], first["value"]) == ("O-1", "order_status", "lost")
    assert "Lovelace" not in str(found)


def test_a_personal_value_that_breaks_the_contract_is_not_shown(verdicts) -> None:
    [found] = verdicts.contract([silver_day(rows=[{**GOOD, "email": "ada at home"}])], LIMITS).values()
    assert found.metadata["first_failures"].records[0].data["column"] == "email"
    assert "ada at home" not in str(found)


def test_personal_values_are_in_no_example_of_refused_records(verdicts) -> None:
    reasons = ["email: not an e-mail address: 'ada at home'", "price: must be > 0: -5"]
    refused = [{"reasons": reasons, "record": '{"customer_name": "Ada"}', "source_file": "f"}]
    found = verdicts.quarantined_share(silver_day(quarantine=refused), 0.05)
    [example] = found.metadata["examples"].records
    assert example.data["reasons"] == (
        "email: not an e-mail address (not shown: personal data); price: must be > 0: -5"
    )
    assert "ada at home" not in str(found)


def test_of_days_judged_together_those_fail_that_break_the_contract(verdicts) -> None:
    days = []
    # The same order line on each of them, which is no duplicate.
    for n, status in enumerate(("delivered", "lost", "delivered")):
        day = DAY + timedelta(days=n)
        row = {**GOOD, "order_status": status, "partition_date": day}
        days.append(replace(silver_day(rows=[row]), day=day))
    found = verdicts.contract(days, LIMITS)
    assert [(day, verdict.passed) for day, verdict in found.items()] == [
        (DAY, True),
        (DAY + timedelta(days=1), False),
        (DAY + timedelta(days=2), True),
    ]
    assert "lost" in found[DAY + timedelta(days=1)].description


@pytest.mark.parametrize(
    "change",
    [
        {"ledger": {"manifest_sha256": "other"}},
        {"ledger": {"bronze_rows": 4}},
        {"ledger": {"duplicate_rows": 0}},
        {"rows": []},
        {"quarantine": []},
        {"version": 3},
        {"manifest": _manifest(records=4)},
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
    found = verdicts.reconciliation(silver_day(manifest=_manifest(amount="55.01")))
    assert not found.passed
    assert found.metadata["difference"] == "0.01"


@pytest.mark.parametrize(
    ("limit", "passed", "is_warning"), [(0.5, False, True), (1 / 3, False, True), (0.3, False, False)]
)
def test_a_quarantined_share_warns_up_to_the_limit_and_blocks_above(
    verdicts, limit: float, passed: bool, is_warning: bool
) -> None:
    found = verdicts.quarantined_share(silver_day(), limit)
    assert (found.passed, found.is_warning) == (passed, is_warning)
    assert found.metadata["reasons"].records[0].data == {"reason": "price: not a decimal(10,2)", "records": 1}


def test_a_day_without_refused_records_passes_without_a_warning(verdicts) -> None:
    assert verdicts.quarantined_share(silver_day(quarantine=[]), 0.05).passed
