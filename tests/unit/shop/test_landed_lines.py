"""The lines of a landing are read back as they were written, and counted as a strict reader counts them."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopflow_assets.sources.database.landed import lines as landed_lines
from shopflow_assets.sources.database.landed.lines import Batch, TableLines
from shopflow_assets.sources.database.landed.position import position
from shopflow_assets.sources.database.landed.values import UNCHANGED, Value
from shopflow_assets.sources.files.strict_reader import Reading, count_strictly
from spark_jobs.contracts.shop.orders import Orders
from spark_jobs.contracts.table import table_of
from spark_jobs.manifest import LONGEST_JSON_LINE

ORDERS = table_of(Orders)
AT = "2026-01-01T00:00:00.000000+00:00"
COLUMNS = ("order_id", "status", "amount", "note")
# No text of PostgreSQL has a NUL or half of a surrogate pair.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
AMOUNTS = st.sampled_from(["12.50", "-0.01", " 7 ", "NaN", "1e3", "9999999999.99", "10000000000", "", "٣"])
ROWS = st.lists(
    st.tuples(TEXTS, *(st.none() | st.just(UNCHANGED) | texts for texts in (TEXTS, AMOUNTS, TEXTS)))
)


def read(lines: TableLines) -> tuple[list[dict[str, Any]], Reading]:
    """The lines as a JSON reader reads them, and what the strict reader of files counts of them."""
    lines.flush()
    path = lines.path.with_suffix(".jsonl")
    lines.path.rename(path)
    reading, _ = count_strictly(path, ".jsonl", ORDERS, date(2026, 1, 1))
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]], reading


@settings(max_examples=60)
@given(ROWS)
def test_lines_are_counted_as_they_are_read(rows: list[tuple[Value, ...]]) -> None:
    with TemporaryDirectory() as folder:
        lines = TableLines(ORDERS, Path(folder) / "orders")
        for n, row in enumerate(rows, 1):
            lines.write(position(1, 5, n), "u", AT, "77", columns=COLUMNS, values=row)
        records, reading = read(lines)
    assert [tuple(record.get(name, UNCHANGED) for name in COLUMNS) for record in records] == rows
    names = [[name for name, value in zip(COLUMNS, row, strict=True) if value is UNCHANGED] for row in rows]
    assert [record.get("_unchanged", "").split(",") for record in records] == [n or [""] for n in names]
    assert (lines.records, lines.malformed) == (len(rows), reading.malformed) == (reading.records, 0)
    known = {name: lines.characters[name] for name in reading.characters}
    assert known == reading.characters
    assert lines.characters["note"] == sum(len(row[3]) for row in rows if row[3] not in (None, UNCHANGED))
    assert lines.amount == (reading.amount or 0)
    ends = (position(1, 5, 1), position(1, 5, len(rows))) if rows else ("", "")
    assert (lines.first, lines.last) == ends


@pytest.fixture
def lines(tmp_path: Path) -> TableLines:
    return TableLines(ORDERS, tmp_path / "orders")


def test_a_line_says_what_happened_to_the_row(lines: TableLines) -> None:
    lines.write(position(1, 5, 0), "t", AT)
    lines.write(
        position(1, 6, 1), "d", AT, "8", columns=("order_id",), values=("1",), old_key={"order_id": "1"}
    )
    truncate, delete = read(lines)[0]
    assert truncate == {"_pos": "0001/0000000000000005/0000000000", "_op": "t", "_at": AT}
    assert delete == {
        "_pos": "0001/0000000000000006/0000000001",
        "_op": "d",
        "_at": AT,
        "_xid": "8",
        "_old_key": '{"order_id": "1"}',
        "order_id": "1",
    }


def test_columns_are_those_of_all_lines(lines: TableLines) -> None:
    for columns in (("order_id",), COLUMNS, ("order_id", "status", "rating"), ("order_id",)):
        lines.write(position(1, 5, 1), "u", AT, columns=columns, values=("1",) * len(columns))
    assert lines.columns == (*COLUMNS, "rating")


def test_a_line_that_is_too_long_for_spark_is_kept_and_counted_as_malformed(lines: TableLines) -> None:
    for size in (LONGEST_JSON_LINE, 10):
        values = ("1", "x" * size, "2.50", None)
        lines.write(position(1, 5, 1), "c", AT, columns=COLUMNS, values=values)
    records, reading = read(lines)
    assert len(records) == reading.records == lines.records == 2
    assert reading.malformed == lines.malformed == 1
    assert {name: lines.characters[name] for name in reading.characters} == reading.characters
    assert lines.amount == reading.amount == Decimal("2.50")


def test_lines_are_written_a_thousand_at_a_time(lines: TableLines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landed_lines, "LINES_IN_MEMORY", 3)
    sizes = []
    for n in range(7):
        lines.write(position(1, 5, n), "c", AT)
        sizes.append(len(lines.path.read_bytes().splitlines()))
    assert sizes == [0, 0, 3, 3, 3, 6, 6]
    assert [record["_pos"] for record in read(lines)[0]] == [position(1, 5, n) for n in range(7)]


def test_a_batch_has_the_tables_that_have_lines(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"orders": ORDERS, "others": ORDERS})
    batch.of("others")
    batch.of("orders").write(position(1, 5, 0), "t", AT)
    assert batch.records == 1
    assert [lines.path.name for lines in batch.close()] == ["orders"]
    assert (tmp_path / "orders").read_bytes().endswith(b"\n")
