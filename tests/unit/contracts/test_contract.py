"""Pandera judges order lines: for each rule, rows that keep it pass and rows that break it fail."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from spark_jobs.contracts.contract import columns, names, source_columns, table_rules
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.contracts.judge import judge
from spark_jobs.contracts.rules import Limits

pytestmark = pytest.mark.domain("ecommerce")

LIMITS = Limits(first_partition=date(2026, 1, 1))
GOOD: dict[str, Any] = {
    "customer_id": "C-1",
    "customer_name": "Ada Lovelace",
    "email": "ada@example.com",
    "phone": None,
    "address": None,
    "city": None,
    "state": None,
    "zip_code": None,
    "customer_segment": "consumer",
    "registration_date": date(2025, 5, 1),
    "order_id": "O-1",
    "order_date": datetime(2026, 2, 1, 12),
    "product_id": "P-1",
    "product_name": "Lamp",
    "category": None,
    "subcategory": None,
    "brand": None,
    "price": Decimal("10.00"),
    "quantity": 3,
    "discount": Decimal("5.00"),
    "total_amount": Decimal("25.00"),
    "payment_method": "paypal",
    "shipping_method": "standard",
    "order_status": "shipped",
    "partition_date": date(2026, 2, 1),
    "source_file": "orders-abc.csv",
    "ingested_at": datetime(2026, 2, 2),
}
SCHEMA: dict[str, Any] = {c.name: c.dtype for c in columns(OrderLines)}


def _judge(*changes: dict[str, Any]):
    rows = [{**GOOD, "product_id": f"P-{i}", **change} for i, change in enumerate(changes)]
    return judge(pl.DataFrame(rows, schema=SCHEMA), OrderLines, LIMITS)


def test_a_good_row_passes() -> None:
    assert _judge({}).passed


def test_a_row_that_knows_only_what_is_required_passes() -> None:
    assert _judge({c.name: None for c in source_columns(OrderLines) if not c.required}).passed


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"price": Decimal(0), "total_amount": Decimal(0), "discount": Decimal(0)}, "greater_than(0)"),
        ({"quantity": 0, "total_amount": Decimal(0), "discount": Decimal(0)}, "greater_than(0)"),
        ({"total_amount": Decimal("-0.01")}, "greater_than_or_equal_to(0)"),
        ({"total_amount": Decimal("25.01")}, "total_amount = price * quantity - discount"),
        ({"discount": Decimal("-1"), "total_amount": Decimal(31)}, "discount between 0 and price * quantity"),
        ({"discount": Decimal(31), "total_amount": Decimal("-1")}, "discount between 0 and price * quantity"),
        ({"registration_date": date(2026, 2, 3)}, "registration_date not after date(order_date + 14 h)"),
        (
            {"registration_date": date(2026, 2, 2), "order_date": datetime(2026, 2, 1, 9, 59, 59)},
            "registration_date not after date(order_date + 14 h)",
        ),
        ({"order_date": datetime(2026, 2, 2)}, "order_date not after partition_date"),
        (
            {"order_date": datetime(2026, 1, 1, 23, 59)},
            "order_date at most max_age_days before partition_date",
        ),
        ({"order_date": datetime(1899, 12, 31, 23, 59)}, "greater_than_or_equal_to(1900-01-01)"),
        ({"registration_date": date(1899, 12, 31)}, "greater_than_or_equal_to(1900-01-01)"),
        ({"order_status": "lost"}, "isin"),
        ({"payment_method": "Credit Card"}, "isin"),
        ({"email": "ada@example"}, "str_matches"),
        ({"email": "a@b@example.com"}, "str_matches"),
        ({"email": "@example.com"}, "str_matches"),
        ({"email": "Ada@example.com"}, "email in lower case"),
        ({"customer_id": ""}, "customer_id without blanks around it"),
        ({"brand": ""}, "brand without blanks around it"),
        ({"city": "London\t"}, "city without blanks around it"),
        ({"customer_name": " Ada"}, "customer_name without blanks around it"),
        ({"customer_name": "Ada\u200b"}, "customer_name without blanks around it"),
        ({"category": "Cafe\u0301"}, "category without blanks around it, in Unicode's form NFC"),
        ({"customer_id": "NULL"}, "customer_id a value"),
    ],
)
def test_a_row_that_breaks_a_rule_fails_by_that_rule(change: dict[str, Any], check: str) -> None:
    found = _judge(change)
    assert any(check in str(failed) for failed in found.failures["check"])


@pytest.mark.parametrize(
    "change",
    [
        {"order_date": datetime(2026, 2, 1, 23, 59, 59, 999999)},
        {"order_date": datetime(2026, 1, 2)},
        {"registration_date": date(2026, 2, 1)},
        # In Tokyo it is the second already, at 05:00.
        {"registration_date": date(2026, 2, 2), "order_date": datetime(2026, 2, 1, 20)},
        {"discount": Decimal(30), "total_amount": Decimal(0)},
        {"customer_name": "Ada\n King", "email": "ünïcode@example.com", "brand": "null"},
        {"partition_date": date(2026, 1, 1), "order_date": datetime(2025, 6, 1)},
        {
            "partition_date": date(2026, 1, 1),
            "order_date": datetime(1900, 1, 1),
            "registration_date": date(1900, 1, 1),
        },
    ],
    ids=[
        *(
            "last moment of the day",
            "30 days old",
            "registered today",
            "registered in Tokyo",
            "all discount",
            "texts",
        ),
        *("first partition", "the floor"),
    ],
)
def test_a_row_at_the_edge_of_a_rule_passes(change: dict[str, Any]) -> None:
    assert _judge(change).passed


def test_a_row_is_judged_by_the_same_rules_each_time() -> None:
    wrong = {"order_date": datetime(2026, 1, 1)}
    assert _judge(wrong).failed == _judge(wrong).failed == 1
    # With these limits the row is of the first partition, which accepts orders of any age.
    first = Limits(first_partition=GOOD["partition_date"])
    assert judge(pl.DataFrame([GOOD | wrong], schema=SCHEMA), OrderLines, first).passed


@pytest.mark.parametrize("name", table_rules(OrderLines).agree_on)
def test_lines_of_one_order_that_disagree_fail(name: str) -> None:
    other = {"customer_id": "C-2", "order_date": datetime(2026, 2, 1, 13), "payment_method": "gift_card"}
    other |= {"shipping_method": "express", "order_status": "pending"}
    assert not _judge({}, {name: other[name]}).passed
    assert _judge({}, {name: other[name], "order_id": "O-2"}).passed


def test_the_same_line_twice_on_a_day_fails() -> None:
    assert not _judge({"product_id": "P"}, {"product_id": "P"}).passed


def test_a_key_that_comes_again_on_another_day_passes() -> None:
    tomorrow = GOOD["partition_date"] + timedelta(days=1)
    assert _judge({"product_id": "P"}, {"product_id": "P", "partition_date": tomorrow}).passed


def test_the_contract_has_the_seeds_fields_in_their_order() -> None:
    assert names(source_columns(OrderLines)) == list(GOOD)[:24]
