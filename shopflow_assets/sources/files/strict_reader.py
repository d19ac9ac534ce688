"""Reads a delivered file strictly: says whether it can be read, and counts what a correct reading finds.

Independent of Spark on purpose: what Spark reads is later compared with these counts.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any

import polars as pl

from shopflow_assets.errors import RefusedFileError
from shopflow_assets.sources.files.strict_json import Record, json_records
from spark_jobs.contracts.contract import Column
from spark_jobs.contracts.texts import BLANKS
from spark_jobs.manifest import MOST_FIELDS

BATCH = 10_000
LARGEST_FIELD = 2**31 - 1
SHOWN = 5


@dataclass(frozen=True)
class Reading:
    """What a correct reading of a file finds; see `LandedFile` for the meaning of the counts."""

    columns: tuple[str, ...]
    records: int
    malformed: int
    characters: dict[str, int]
    amount: Decimal | None


def read_strictly(
    path: Path, suffix: str, expected: Sequence[Column], amount: str | None, day: date
) -> Reading:
    """Count records, characters per column and money of a CSV (`.csv`) or JSON lines (`.jsonl`) file.

    A CSV file of a `day` on which a column is not due yet may lack it.

    Raises:
        RefusedFileError: the file as a whole cannot be read correctly.
    """
    names = [column.name for column in expected]
    if path.stat().st_size == 0:
        raise RefusedFileError("expected a header or JSON lines, found an empty file")
    try:
        if suffix == ".jsonl":
            with path.open("rb") as lines:
                return _count(tuple(names), json_records(lines, names), expected, amount)
        # A line ends at LF; a carriage return before it belongs to the line end. Elsewhere outside quotes a
        # carriage return is an error here; other readers would split the record.
        with path.open(encoding="utf-8-sig", newline="\n") as text:
            return _read_csv(text, expected, amount, day)
    except UnicodeDecodeError as error:
        raise RefusedFileError(f"expected UTF-8, found byte 0x{error.object[error.start]:02x}") from error


def _read_csv(text: IO[str], expected: Sequence[Column], amount: str | None, day: date) -> Reading:
    csv.field_size_limit(LARGEST_FIELD)
    # Strict, because otherwise an unclosed quote takes in the rest of the file, as it does in Spark.
    rows = csv.reader(text, strict=True)
    try:
        header = tuple(next(rows, ()))
        names = [column.name for column in expected if column.is_due(day) or column.name in header]
        if sorted(header) != sorted(names):
            raise RefusedFileError(_header_difference(header, names))
        return _count(header, _csv_records(rows, len(header)), expected, amount)
    except csv.Error as error:
        raise RefusedFileError(f"expected CSV, found in line {rows.line_num}: {error}") from error


def _csv_records(rows: Any, width: int) -> Iterator[Record]:
    """The records' texts, None for one with too few or too many fields; blank lines are no records."""
    for row in rows:
        if len(row) > MOST_FIELDS:
            raise RefusedFileError(
                f"expected {width} fields in a line, at most {MOST_FIELDS}; "
                f"found {len(row)} in line {rows.line_num}"
            )
        if len(row) == width:
            yield [*row[:-1], row[-1].rstrip("\r")]
        elif row:
            yield None


def _header_difference(header: Sequence[str], names: Sequence[str]) -> str:
    if not header:
        return f"expected a header with {len(names)} columns, found a blank first line"
    repeated = sorted({name for name in header if header.count(name) > 1})
    unknown = sorted(set(header) - set(names))
    missing = sorted(set(names) - set(header))
    differences = [
        f"{what} {_listed(which)}"
        for what, which in (("unknown", unknown), ("missing", missing), ("repeated", repeated))
        if which
    ]
    return f"expected a header with {len(names)} columns, found: {'; '.join(differences)}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown} and {len(names) - SHOWN} more"


def _count(
    columns: tuple[str, ...], records: Iterator[Record], expected: Sequence[Column], amount: str | None
) -> Reading:
    good = bad = 0
    characters = [0] * len(columns)
    total = Decimal(0)
    pattern = _amount_pattern(expected, amount)
    while batch := list(islice(records, BATCH)):
        rows = [row for row in batch if row is not None]
        good += len(rows)
        bad += len(batch) - len(rows)
        for i, values in enumerate(zip(*rows, strict=True)):
            characters[i] += sum(map(len, values))
            if columns[i] == amount:
                total += sum(
                    (Decimal(v) for t in values if pattern.fullmatch(v := t.strip(BLANKS))), Decimal(0)
                )
    return Reading(
        columns=columns,
        records=good + bad,
        malformed=bad,
        characters=dict(zip(columns, characters, strict=True)),
        amount=total if amount else None,
    )


def _amount_pattern(expected: Sequence[Column], amount: str | None) -> re.Pattern[str]:
    money = next((c.dtype for c in expected if c.name == amount), None)
    if not isinstance(money, pl.Decimal):
        return re.compile("")
    # [0-9], because Python's \d matches the digits of every script and Spark's only these.
    whole, fraction = money.precision - money.scale, money.scale
    return re.compile(rf"[+-]?0*[0-9]{{1,{whole}}}(\.[0-9]{{1,{fraction}}})?")
