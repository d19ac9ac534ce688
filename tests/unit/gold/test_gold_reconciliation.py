"""What the reconciliation of gold with silver says of a day's counts and cents."""

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
