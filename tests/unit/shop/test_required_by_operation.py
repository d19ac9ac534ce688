"""What a version must have depends on its operation, and on what an update says it did not send."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from spark_jobs.contracts.contract import columns
from spark_jobs.contracts.judge import judge
from spark_jobs.contracts.rules import Limits
from spark_jobs.contracts.shop.order_items import OrderItems

LIMITS = Limits(first_partition=date(2026, 1, 1))
AT = datetime(2026, 2, 1, 10)
ABOUT = {
    **{"_pos": "0001/00000000016B3748/0000000002", "_at": AT, "_xid": "7", "_unchanged": None},
    **{"partition_date": date(2026, 2, 1), "source_file": "a.jsonl", "ingested_at": datetime(2026, 2, 2)},
}
KEY = {"order_id": 1, "product_id": 2}
ROW = {"quantity": 3, "unit_price": Decimal("10.00")}


def _failed(operation: str, **values: Any) -> set[str]:
    """The checks that a version fails."""
    row = {**ABOUT, "_op": operation, **values}
    schema = {column.name: column.dtype for column in columns(OrderItems)}
    failures = judge(pl.DataFrame([row], schema=schema), OrderItems, LIMITS).failures
    return set() if failures.is_empty() else set(failures["check"])


@pytest.mark.parametrize("operation", ["r", "c", "u"])
def test_a_row_has_its_key_and_every_required_column(operation: str) -> None:
    assert _failed(operation, **KEY, **ROW) == set()
    assert _failed(operation, **ROW) == {"order_id required", "product_id required"}
    assert _failed(operation, **KEY) == {f"{name} required" for name in ROW}


def test_a_delete_has_its_key() -> None:
    assert _failed("d", **KEY) == set()
    assert _failed("d", order_id=1) == {"product_id required"}


def test_a_truncate_has_nothing() -> None:
    assert _failed("t") == set()


def test_an_update_may_name_columns_that_it_did_not_send() -> None:
    unchanged = {"quantity": None, "_unchanged": "quantity,unit_price"}
    assert _failed("u", **KEY, **ROW | unchanged) == set()
    assert _failed("u", **KEY, **ROW | unchanged | {"unit_price": None}) == set()
    assert _failed("u", **KEY, **ROW | {"quantity": None, "_unchanged": "quantity_2"}) == {
        "quantity required"
    }


def test_a_key_is_never_unchanged() -> None:
    assert _failed("u", **ROW, order_id=1, _unchanged="product_id") == {"product_id required"}


def test_an_operation_is_required_and_known() -> None:
    assert _failed("x", **KEY, **ROW) == {"isin(['r', 'c', 'u', 'd', 't'])"}
    assert _failed("r", **KEY, **ROW | {"_op": None}) == {"not_nullable"}
