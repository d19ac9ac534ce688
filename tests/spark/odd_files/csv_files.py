"""Odd CSV files that are read, by what is odd about them."""

import csv
import io
from datetime import date
from typing import Any

from spark_jobs.manifest import MOST_FIELDS
from tests.spark.odd_files.line import COLUMNS, HEADER, MALFORMED, Content, Judged, line

MERGED = f"{MALFORMED}: a field holds whole lines: a quote opens in one record and closes in a later one"


def _csv(day: date, *changes: dict[str, Any], columns: list[str] = COLUMNS, end: str = "\n") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator=end)
    writer.writeheader()
    writer.writerows(line(n, day, **change) for n, change in enumerate(changes))
    return text.getvalue()


def _of_csv(
    rows: int, *reasons: str, of: Content, duplicates: int = 0, values: dict[str, Any] | None = None
) -> Judged:
    return Judged("a.csv", of, rows, reasons, duplicates, tuple((values or {}).items()))


def _stray_quotes(text: str) -> str:
    """The file with a quote before the address `opens`, and one behind the address `closes`."""
    return text.replace(",opens,", ',"opens,').replace(",closes,", ',closes",')


CSV_FILES: dict[str, Judged] = {
    "byte-order mark": _of_csv(2, of=lambda d: b"\xef\xbb\xbf" + _csv(d, {}, {}).encode()),
    "CRLF": _of_csv(2, of=lambda d: _csv(d, {}, {}, end="\r\n")),
    "LF and CRLF": _of_csv(3, of=lambda d: _csv(d, {}, {}, {}).replace("\n", "\r\n", 2)),
    "columns in another order": _of_csv(
        2, of=lambda d: _csv(d, {}, {}, columns=COLUMNS[::-1]), values={"customer_name": "Ada"}
    ),
    "a header in quotes": _of_csv(
        2, of=lambda d: _csv(d, {}, {}).replace(HEADER, f'"{HEADER[:-1]}"\n'.replace(",", '","'))
    ),
    "newline in a field": _of_csv(
        2, of=lambda d: _csv(d, {"address": "1 Road\nTown"}, {}), values={"address": "1 Road\nTown"}
    ),
    "CRLF in a field of a CRLF file": _of_csv(
        2, of=lambda d: _csv(d, {"address": "1\r\nTown"}, {}, end="\r\n"), values={"address": "1\r\nTown"}
    ),
    "quotes in a field": _of_csv(
        2, of=lambda d: _csv(d, {"address": 'an "old" road, 1'}, {}), values={"address": 'an "old" road, 1'}
    ),
    "a backslash before a quote": _of_csv(
        2, of=lambda d: _csv(d, {"address": 'a\\"b'}, {}), values={"address": 'a\\"b'}
    ),
    "a header without lines": _of_csv(0, of=lambda d: HEADER),
    "no newline at the end": _of_csv(2, of=lambda d: _csv(d, {}, {}).rstrip("\n")),
    "blank lines": _of_csv(2, of=lambda d: _csv(d, {}, {}).replace("\n", "\n\n")),
    "blank lines of CRLF": _of_csv(2, of=lambda d: _csv(d, {}, {}).replace("\n", "\r\n\r\n")),
    "a line of blanks": _of_csv(1, MALFORMED, of=lambda d: _csv(d, {}) + "   \n"),
    "too few fields": _of_csv(
        1,
        "malformed record: expected 24 fields, found 2: 'C-1,Ada'",
        of=lambda d: _csv(d, {}) + "C-1,Ada\n",
    ),
    "too few fields, in quotes": _of_csv(
        1,
        'malformed record: expected 24 fields, found 3: \'"C,""1"",\\n,1",Ada ",1\'',
        of=lambda d: _csv(d, {}) + '"C,""1"",\n,1",Ada ",1\n',
    ),
    "too many fields": _of_csv(1, MALFORMED, of=lambda d: _csv(d, {}, {}).rstrip("\n") + ",x\n"),
    "a quote that opens in one record and closes two records later": _of_csv(
        2,
        f"{MERGED} (lines 3 to 5)",
        of=lambda d: _stray_quotes(_csv(d, {}, {"address": "opens"}, {}, {"address": "closes"}, {})),
    ),
    "a quote that closes in the next record": _of_csv(
        1,
        f"{MERGED} (lines 2 to 3)",
        of=lambda d: _stray_quotes(_csv(d, {"address": "opens"}, {"address": "closes"}, {})),
    ),
    "stray quotes among CRLF and a text of two lines": _of_csv(
        1,
        f"{MERGED} (lines 4 to 5)",
        of=lambda d: _stray_quotes(
            _csv(d, {"address": "1\r\nTown"}, {"address": "opens"}, {"address": "closes"}, end="\r\n")
        ),
        values={"address": "1\r\nTown"},
    ),
    "stray quotes that leave too few fields": _of_csv(
        1,
        f"{MERGED} (lines 2 to 3)",
        of=lambda d: _stray_quotes(_csv(d, {"address": "opens"}, {"address": "closes"}, {})).replace(
            'closes",', 'closes"'
        ),
    ),
    "as many fields as can be held": _of_csv(
        1, MALFORMED, of=lambda d: _csv(d, {}) + "," * (MOST_FIELDS - 1) + "\n"
    ),
    "truncated last line": _of_csv(1, MALFORMED, of=lambda d: _csv(d, {}, {})[:-40]),
    "a NUL byte": _of_csv(
        1,
        "quantity: not an integer",
        of=lambda d: _csv(d, {"customer_id": "C\0"}, {"quantity": "1\0"}),
        values={"customer_id": "C\0"},
    ),
    "characters in a value that nobody sees": _of_csv(
        0,
        r"quantity: not an integer: '1\u200b\u00a0\n\U000e00412'",
        of=lambda d: _csv(d, {"quantity": "1\u200b\u00a0\n\U000e00412"}),
    ),
    "a NUL byte at the start": _of_csv(
        1, of=lambda d: _csv(d, {"customer_id": "\0C"}), values={"customer_id": "\0C"}
    ),
    "a NUL byte before a quote": _of_csv(
        1, of=lambda d: _csv(d, {"address": 'a\0"b'}), values={"address": 'a\0"b'}
    ),
    "a field of 10 MB": _of_csv(
        2, of=lambda d: _csv(d, {"address": "x" * 10_000_000}, {}), values={"address": "x" * 10_000_000}
    ),
    "a price beyond 2^53": _of_csv(
        0,
        "price: not a decimal(10,2): '9007199254740993'",
        of=lambda d: _csv(d, {"price": "9007199254740993"}),
    ),
    "an identifier beyond 2^53": _of_csv(
        1,
        of=lambda d: _csv(d, {"customer_id": "9007199254740993"}),
        values={"customer_id": "9007199254740993"},
    ),
    "a third decimal": _of_csv(
        0, "discount: not a decimal(10,2): '1.005'", of=lambda d: _csv(d, {"discount": "1.005"})
    ),
    "an offset in a timestamp": _of_csv(
        1,
        of=lambda d: _csv(d, {"order_date": f"{d}T12:00:00.5+02:00"}),
        values={"order_date": lambda d: f"{d} 10:00:00.500000"},
    ),
    "digits of another script": _of_csv(
        0,
        "total_amount: not a decimal(10,2): '\u0661'",
        of=lambda d: _csv(d, {"total_amount": "\u0661"}),
    ),
    "other scripts": _of_csv(
        1, of=lambda d: _csv(d, {"city": "Łódź 東京 😀"}), values={"city": "Łódź 東京 😀"}
    ),
    "a blank of another script in an e-mail": _of_csv(
        1, of=lambda d: _csv(d, {"email": "a\u00a0b@c.de"}), values={"email": "a\u00a0b@c.de"}
    ),
    "the year 0": _of_csv(
        0,
        "registration_date: not a date, YYYY-MM-DD: '0000-01-01'",
        of=lambda d: _csv(d, {"registration_date": "0000-01-01"}),
    ),
    "a year that an offset takes below 1": _of_csv(
        0,
        "order_date: must be >= 1900-01-01: 0001-01-01T00:00+01:00",
        of=lambda d: _csv(d, {"order_date": "0001-01-01T00:00+01:00"}),
    ),
    "a placeholder for a date": _of_csv(
        0,
        "registration_date: must be >= 1900-01-01: 0001-01-01",
        of=lambda d: _csv(d, {"registration_date": "0001-01-01"}),
    ),
    "the same line written otherwise": _of_csv(
        1, of=lambda d: _csv(d, {}, {"order_id": "O-0 ", "price": "+010.0", "city": " "}), duplicates=1
    ),
    # A hash that skips nulls would take these for copies.
    "one text in neighbouring columns": _of_csv(
        0,
        *["conflicting records for key (O-0, P-1)"] * 2,
        of=lambda d: _csv(d, {"city": "Paris"}, {"order_id": "O-0", "state": "Paris"}),
    ),
}
