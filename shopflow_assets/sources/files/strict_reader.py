"""Reads a delivered file strictly: says whether it can be read, and counts what a correct reading finds.

Independent of Spark on purpose: what Spark reads is later compared with these counts.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any

from shopflow_assets.errors import RefusedFileError
from shopflow_assets.sources.files.header import header_difference
from shopflow_assets.sources.files.other_formats import EXPECTED, other_format
from shopflow_assets.sources.files.strict_json import Record, json_records
from shopflow_assets.sources.money import money_pattern
from spark_jobs.contracts.table import Table
from spark_jobs.contracts.texts import BLANKS
from spark_jobs.manifest import MOST_FIELDS, MergedRecords, fingerprint

BATCH = 10_000
LARGEST_FIELD = 2**31 - 1
# A manifest lists every record that a stray quote made out of several.
MOST_MERGED = 1_000


@dataclass(frozen=True)
class Reading:
    """What a correct reading of a file finds; see `LandedFile` for the meaning of the counts."""

    columns: tuple[str, ...]
    records: int
    malformed: int
    characters: dict[str, int]
    amount: Decimal | None
    merged: tuple[MergedRecords, ...] = ()


def read_strictly(path: Path, suffix: str, table: Table, day: date) -> Reading:
    """Count records, characters per column and money of a CSV (`.csv`) or JSON lines (`.jsonl`) file.

    A CSV file of a `day` on which a column is not due yet may lack it.

    Raises:
        RefusedFileError: the file as a whole cannot be read correctly, or most of its records cannot.
    """
    if path.stat().st_size == 0:
        raise RefusedFileError("expected a header or JSON lines, found an empty file")
    try:
        reading, first_malformed = count_strictly(path, suffix, table, day)
        # A limit on the records of a day would not notice the loss of a file that seems to hold few.
        if reading.malformed * 2 > reading.records:
            found = f"{reading.malformed} of {reading.records} records that cannot be read"
            raise RefusedFileError(
                f"expected {EXPECTED[suffix]}; found {found}, the first in {first_malformed}"
            )
    except RefusedFileError as refusal:
        raise RefusedFileError(other_format(path, suffix) or str(refusal)) from refusal
    return reading


def count_strictly(path: Path, suffix: str, table: Table, day: date) -> tuple[Reading, str]:
    """Like `read_strictly`, however many records are malformed; with the place and fault of the first."""
    try:
        if suffix == ".jsonl":
            with path.open("rb") as lines:
                records = json_records(lines, table.source_names, table.rules.unknown_columns)
                return _count(table.source_names, records, table)
        # A line ends at LF; a carriage return before it belongs to the line end. Elsewhere outside quotes a
        # carriage return is an error here; other readers would split the record.
        with path.open(encoding="utf-8-sig", newline="\n") as text:
            return _read_csv(text, table, day)
    except UnicodeDecodeError as error:
        raise RefusedFileError(f"expected UTF-8, found byte 0x{error.object[error.start]:02x}") from error


def _read_csv(text: IO[str], table: Table, day: date) -> tuple[Reading, str]:
    csv.field_size_limit(LARGEST_FIELD)
    # Strict, because otherwise an unclosed quote takes in the rest of the file, as it does in Spark.
    rows = csv.reader(text, strict=True)
    merged: list[MergedRecords] = []
    try:
        header = tuple(next(rows, ()))
        due = (column for column in table.source_columns if column.is_due(day) or column.name in header)
        names = [column.name for column in due]
        if sorted(header) != sorted(names):
            raise RefusedFileError(header_difference(header, names))
        reading, first_malformed = _count(header, _csv_records(rows, len(header), merged), table)
    except csv.Error as error:
        raise RefusedFileError(f"expected CSV, found in line {rows.line_num}: {error}") from error
    return replace(reading, merged=tuple(merged)), first_malformed


def _csv_records(rows: Any, width: int, merged: list[MergedRecords]) -> Iterator[Record]:
    """The records; blank lines are none. Adds those that a stray quote made out of several to `merged`."""
    last_line = rows.line_num
    for row in rows:
        first_line, last_line = last_line + 1, rows.line_num
        if len(row) > MOST_FIELDS:
            raise RefusedFileError(
                f"expected {width} fields in a line, at most {MOST_FIELDS}; "
                f"found {len(row)} in line {last_line}"
            )
        if last_line > first_line and _is_merged(row, width):
            if len(merged) == MOST_MERGED:
                raise RefusedFileError(f"expected CSV, found more than {MOST_MERGED} stray quotes")
            identity = fingerprint(row[:width])
            merged.append(MergedRecords(first_line=first_line, last_line=last_line, sha256=identity))
            yield f"lines {first_line} to {last_line}: a field holds whole lines"
        elif len(row) == width:
            yield [*row[:-1], row[-1].rstrip("\r")]
        elif row:
            yield f"line {first_line}: expected {width} fields, found {len(row)}"


def _is_merged(row: Sequence[str], width: int) -> bool:
    """Whether a field holds a line end and as many separators as a record has.

    A quote that opens in one record and closes in a later one leaves valid CSV, and the records between them
    become part of a text.
    """
    return any("\n" in field and field.count(",") >= max(width - 1, 1) for field in row)


def _count(columns: tuple[str, ...], records: Iterator[Record], table: Table) -> tuple[Reading, str]:
    good = bad = 0
    first_malformed = ""
    characters = [0] * len(columns)
    total = Decimal(0)
    amount = table.rules.amount
    pattern = money_pattern(table.source_columns, amount)
    while batch := list(islice(records, BATCH)):
        rows = [record for record in batch if not isinstance(record, str)]
        good += len(rows)
        bad += len(batch) - len(rows)
        first_malformed = first_malformed or next((record for record in batch if isinstance(record, str)), "")
        for i, values in enumerate(zip(*rows, strict=True)):
            characters[i] += sum(map(len, values))
            if columns[i] == amount:
                total += sum(
                    (Decimal(v) for t in values if pattern.fullmatch(v := t.strip(BLANKS))), Decimal(0)
                )
    reading = Reading(
        columns=columns,
        records=good + bad,
        malformed=bad,
        characters=dict(zip(columns, characters, strict=True)),
        amount=total if amount else None,
    )
    return reading, first_malformed
