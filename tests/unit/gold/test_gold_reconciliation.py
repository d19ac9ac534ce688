"""What the reconciliation of gold with silver, or with the source, says of a day's counts and cents."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

COUNTS: dict[str, Any] = {
    "silver_rows": 10,
    "carried_rows": 7,
    "carried_amount": Decimal("70.00"),
    "superseded_rows": 3,
    "gold_rows": 7,
    "gold_amount": Decimal("70.00"),
}


@pytest.fixture
def reconcile(pipeline: Path):
    from shopflow_assets.gold.reconciliation.with_silver import reconcile

    return reconcile


def test_a_day_whose_rows_are_all_in_gold_or_replaced_passes(reconcile) -> None:
    assert reconcile(COUNTS).passed


def test_a_day_without_rows_in_silver_and_gold_passes(reconcile) -> None:
    assert reconcile(None).passed


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"carried_rows": 6, "gold_rows": 6}, "1 of 10 silver rows are not in gold"),
        ({"gold_rows": 8}, "gold has 1 rows from this day that silver does not have"),
        ({"gold_amount": Decimal("70.01")}, "gold has 70.01 from this day, silver explains 70.00"),
    ],
)
def test_a_row_or_a_cent_that_differs_fails(reconcile, change: dict[str, Any], text: str) -> None:
    verdict = reconcile(COUNTS | change)
    assert not verdict.passed
    assert text in verdict.description


CLAIM = {"rows": 3, "amount": Decimal("30.00")}
ROW_LESS = {"rows": 2, "amount": Decimal("20.00")}


@pytest.fixture
def verdict_on(pipeline: Path):
    from shopflow_assets.gold.reconciliation.with_source import compare
    from spark_jobs.manifest import Claim

    def verdict_on(gold: dict[str, Any], *, source: dict = CLAIM, refused: int = 0, is_open: bool = False):
        return compare(Claim(**source), Claim(**gold), refused, is_open=is_open)

    return verdict_on


@pytest.mark.parametrize("claim", [CLAIM, {"rows": 3}])
def test_rows_and_cents_that_the_source_counted_too_pass(verdict_on, claim: dict[str, Any]) -> None:
    assert verdict_on(claim, source=claim).passed


@pytest.mark.parametrize("gold", [ROW_LESS, CLAIM | {"rows": 4}, CLAIM | {"amount": Decimal("30.01")}])
def test_a_day_that_is_over_fails_by_a_row_or_a_cent(verdict_on, gold: dict[str, Any]) -> None:
    verdict = verdict_on(gold)
    assert (verdict.passed, verdict.is_warning) == (False, False)


def test_a_difference_is_a_warning_while_the_day_is_open(verdict_on) -> None:
    verdict = verdict_on(ROW_LESS, is_open=True)
    assert (verdict.passed, verdict.is_warning) == (False, True)
    assert verdict.description == "the source has 3 rows, gold 2; the source has 30.00, gold 20.00"


def test_a_difference_of_refused_rows_is_a_warning_that_says_so(verdict_on) -> None:
    verdict = verdict_on(ROW_LESS, refused=1)
    assert (verdict.passed, verdict.is_warning) == (False, True)
    assert "the newest version of 1 rows is in quarantine" in verdict.description
    assert not verdict_on(ROW_LESS | {"rows": 1}, refused=1).is_warning
