"""What the strict reader counts in JSON lines, and which lines it takes for malformed."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.landing.lines_read import WIDER, read


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "received"


def test_json_numbers_keep_their_text(file: Path) -> None:
    found = read(file, '{"order_id": "O-1", "brand": null, "total_amount": 1.10}\n', ".jsonl")
    assert found.characters == {"order_id": 3, "brand": 0, "total_amount": 4}
    assert found.amount == Decimal("1.10")


@pytest.mark.parametrize(
    "line",
    [
        '{"order_id": "O-1"',
        '{"order_id": "O-1"} {"order_id": "O-2"}',
        '["O-1"]',
        '{"order_id": {"id": 1}}',
        '{"order_id": "O-1", "coupon": "X"}',
        '{"order_id": "O-1", "order_id": "O-2"}',
        '{"total_amount": NaN}',
        "oops",
    ],
)
def test_a_line_that_is_no_flat_object_of_known_keys_is_malformed(file: Path, line: str) -> None:
    found = read(file, line + '\n{"order_id": "O-9"}\n\n', ".jsonl")
    assert (found.records, found.malformed, found.characters["order_id"]) == (2, 1, 3)


@pytest.mark.parametrize(
    ("line", "malformed"),
    [
        ('{"order_id": "O-1", "coupon": "X"}', 0),
        ('{"coupon": 1, "order_id": "O-1", "coupon": null}', 0),
        ('{"order_id": "O-1", "coupon": [1]}', 1),
        ('{"order_id": "O-1", "coupon": {}}', 1),
        ('{"order_id": "O-1", "coupon": "X", "order_id": "O-2"}', 1),
        ('{"order_id": "O-1", "coupon": "\\ud800"}', 1),
        ('{"order_id": "O-1", "\\udc00": "X"}', 1),
    ],
)
def test_where_unknown_columns_are_reported_they_are_passed_over(
    file: Path, line: str, malformed: int
) -> None:
    found = read(file, line + '\n{"order_id": "O-9"}\n', ".jsonl", WIDER)
    assert (found.records, found.malformed, found.columns) == (2, malformed, WIDER.source_names)
    assert found.characters == {"order_id": 6 - 3 * malformed, "brand": 0, "total_amount": 0}
