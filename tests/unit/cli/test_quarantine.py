"""Which part of a reason is shown, and which is hidden."""

import pytest

from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.contracts.reasons import NOT_SHOWN, found, kind, without_personal


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("price: not a decimal(10,2): '12,5'", "price: not a decimal(10,2)"),
        ("price: must be > 0: -5.00", "price: must be > 0"),
        ("price: must be > 0: +0", "price: must be > 0"),
        ("order_date: must be >= 1900-01-01: 0026-01-01T00:00Z", "order_date: must be >= 1900-01-01"),
        ("order_date: must be >= 1900-01-01: 0026-01-01 00:00+01:00", "order_date: must be >= 1900-01-01"),
        ("registration_date: must be >= 1900-01-01: 1899-12-31", "registration_date: must be >= 1900-01-01"),
        ("total_amount = price * quantity - discount", "total_amount = price * quantity - discount"),
        ("conflicting records for key (O-1, P-1)", "conflicting records for key"),
        ("brand: not one of a, b: 'two\nlines: 'x''", "brand: not one of a, b"),
        (
            "malformed record: expected 24 fields, found 2: 'Eve (x)'",
            "malformed record: expected 24 fields, found 2",
        ),
    ],
)
def test_a_kind_of_reason_is_the_reason_without_what_was_found(reason: str, expected: str) -> None:
    assert kind(reason) == expected


@pytest.mark.parametrize(
    ("reason", "value"),
    [
        ("price: not a decimal(10,2): '12,5'", "'12,5'"),
        ("price: must be > 0: -5.00", "-5.00"),
        ("price: required", None),
        ("conflicting records for key (O-1, P-1)", "(O-1, P-1)"),
        ("email: not an e-mail address: 'eve.example.com'", NOT_SHOWN),
        ("malformed record: expected 24 fields, found 2: 'Eve, 1 Some Street'", NOT_SHOWN),
    ],
)
def test_a_value_is_shown_unless_it_may_be_personal(reason: str, value: str | None) -> None:
    assert found(reason, OrderLines) == value
    told = without_personal(reason, OrderLines)
    assert told == (f"{kind(reason)} {NOT_SHOWN}" if value == NOT_SHOWN else reason)
    assert "eve" not in told.lower()
