"""Odd files by what is odd about them: the cases of test_odd_files."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from spark_jobs.contracts.contract import names, source_columns
from spark_jobs.contracts.ecommerce import OrderLines
from spark_jobs.manifest import LONGEST_JSON_LINE, MOST_FIELDS

COLUMNS = names(source_columns(OrderLines))
HEADER = ",".join(COLUMNS) + "\n"
MALFORMED = "malformed record"
NO_OBJECT = "malformed record: expected one flat JSON object on the line"
Content = Callable[[date], str | bytes]


def _line(n: int, day: date, **values: Any) -> dict[str, Any]:
    texts = {
        "customer_id": "C-1",
        "customer_name": "Ada",
        "order_id": f"O-{n}",
        "order_date": f"{day}T12:00:00Z",
        "product_id": "P-1",
        "price": "10.00",
        "quantity": "1",
        "discount": "0.00",
        "total_amount": "10.00",
        "payment_method": "paypal",
        "shipping_method": "standard",
        "order_status": "shipped",
    }
    return dict.fromkeys(COLUMNS, "") | texts | values


def _csv(day: date, *changes: dict[str, Any], columns: list[str] = COLUMNS, end: str = "\n") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator=end)
    writer.writeheader()
    writer.writerows(_line(n, day, **change) for n, change in enumerate(changes))
    return text.getvalue()


def _json(day: date, *changes: dict[str, Any]) -> str:
    return "".join(json.dumps(_line(n, day, **change)) + "\n" for n, change in enumerate(changes))


@dataclass(frozen=True)
class Judged:
    """A file that is read: rows in silver (which may have to hold some values), copies removed, reasons.

    `reasons` has the start of a reason for each quarantined record.
    """

    file: str
    content: Content
    rows: int
    reasons: tuple[str, ...] = ()
    duplicates: int = 0
    values: tuple[tuple[str, Any], ...] = ()


def _of_csv(
    rows: int, *reasons: str, of: Content, duplicates: int = 0, values: dict[str, Any] | None = None
) -> Judged:
    return Judged("a.csv", of, rows, reasons, duplicates, tuple((values or {}).items()))


def _of_json(rows: int, *reasons: str, of: Content, values: dict[str, Any] | None = None) -> Judged:
    return Judged("a.jsonl", of, rows, reasons, values=tuple((values or {}).items()))


def _in_json(said: str, column: str = "address") -> Content:
    """Two lines, the first with the column's value written as said."""
    return lambda d: _json(d, {column: "<here>"}, {}).replace('"<here>"', said)


def _parsed(content: Content) -> Content:
    """The same lines with an escape in a key: only a JSON parser can read them."""

    def escaped(day: date) -> str | bytes:
        said = content(day)
        if isinstance(said, bytes):
            return said.replace(b'"customer_id"', rb'"\u0063ustomer_id"')
        return said.replace('"customer_id"', r'"\u0063ustomer_id"')

    return escaped


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
        "malformed record: expected 24 fields, found about 2: 'C-1,Ada'",
        of=lambda d: _csv(d, {}) + "C-1,Ada\n",
    ),
    "too many fields": _of_csv(0, MALFORMED, of=lambda d: _csv(d, {}).rstrip("\n") + ",x\n"),
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
        "registration_date: not a date: '0000-01-01'",
        of=lambda d: _csv(d, {"registration_date": "0000-01-01"}),
    ),
    "the same line written otherwise": _of_csv(
        1, of=lambda d: _csv(d, {}, {"order_id": "O-0 ", "price": "+010.0", "city": " "}), duplicates=1
    ),
    # A hash that skips nulls takes these for copies.
    "one text in neighbouring columns": _of_csv(
        0,
        *["conflicting records for key (O-0, P-1)"] * 2,
        of=lambda d: _csv(d, {"city": "Paris"}, {"order_id": "O-0", "state": "Paris"}),
    ),
}

JSON_FILES: dict[str, Judged] = {
    "byte-order mark in JSON": _of_json(2, of=lambda d: b"\xef\xbb\xbf" + _json(d, {}, {}).encode()),
    "JSON in CRLF": _of_json(2, of=lambda d: _json(d, {}, {}).replace("\n", "\r\n")),
    "blank lines in JSON": _of_json(2, of=lambda d: _json(d, {}, {}).replace("\n", "\n \t\n")),
    "JSON with blanks": _of_json(
        2, of=lambda d: _json(d, {}, {}).replace('": ', '" :\t').replace('", "', '" ,\t"').replace("}", " } ")
    ),
    "JSON without blanks": _of_json(
        2, of=lambda d: _json(d, {}, {}).replace('": ', '":').replace('", ', '",')
    ),
    "JSON numbers": _of_json(1, of=lambda d: _json(d, {}).replace('"10.00"', "10.00")),
    "a JSON number beyond 2^53": _of_json(
        2, of=_in_json("9007199254740993"), values={"address": "9007199254740993"}
    ),
    "a JSON number that keeps its last zero": _of_json(2, of=_in_json("1.10"), values={"address": "1.10"}),
    "a JSON number under a key with an escape": _of_json(
        2,
        of=lambda d: _json(d, {"address": "<here>"}, {}).replace(
            'address": "<here>"', '\\u0061ddress": 1.10'
        ),
        values={"address": "1.10"},
    ),
    "a large JSON number": _of_json(
        1,
        "price: not a decimal(10,2): '12345678901234567890.10'",
        of=_in_json("12345678901234567890.10", "price"),
    ),
    "a JSON number of 2000 digits": _of_json(
        1, "price: not a decimal(10,2): '111", of=_in_json("1" * 2_000, "price")
    ),
    "escapes in JSON": _of_json(
        1,
        of=lambda d: _json(d, {"address": 'a "b" \\ é\n{x": 1,'}),
        values={"address": 'a "b" \\ é\n{x": 1,'},
    ),
    "many escapes in JSON": _of_json(2, of=lambda d: _json(d, {"address": '"\\' * 50_000}, {})),
    "a whole surrogate pair": _of_json(2, of=_in_json('"\\ud83d\\ude00"'), values={"address": "😀"}),
    "half of a surrogate pair": _of_json(
        1, "malformed record: half of a surrogate pair", of=_in_json('"\\ud83d"')
    ),
    "an escaped backslash before ud83d": _of_json(
        2, of=_in_json('"\\\\ud83d"'), values={"address": "\\ud83d"}
    ),
    "a NUL in JSON": _of_json(2, of=_in_json('"a\\u0000"'), values={"address": "a\0"}),
    "a raw NUL in JSON": _of_json(1, NO_OBJECT, of=_in_json('"a\0"')),
    "a JSON field of 10 MB": _of_json(2, of=_in_json(f'"{"x" * 10_000_000}"')),
    "a JSON line that is too long": _of_json(1, NO_OBJECT, of=_in_json(f'"{"x" * LONGEST_JSON_LINE}"')),
    "a broken JSON line": _of_json(1, NO_OBJECT, of=lambda d: _json(d, {}) + '{"order_id": \n'),
    "a truncated JSON line": _of_json(1, NO_OBJECT, of=lambda d: _json(d, {}, {})[:-30]),
    "two objects on a line": _of_json(0, NO_OBJECT, of=lambda d: _json(d, {}).strip() * 2 + "\n"),
    "a line end of another script": _of_json(
        1, NO_OBJECT, of=lambda d: _json(d, {}, {}).replace("}", "}\u2028", 1)
    ),
    "a nested value": _of_json(1, NO_OBJECT, of=_in_json('{"a": 1}')),
    "a deeply nested value": _of_json(1, NO_OBJECT, of=lambda d: _json(d, {}) + "[" * 100_000 + "\n"),
    "an empty object": _of_json(1, "order_id: required", of=lambda d: _json(d, {}) + "{}\n"),
    "an empty array": _of_json(1, NO_OBJECT, of=lambda d: _json(d, {}) + "[]\n"),
    "a comma behind the last JSON value": _of_json(
        1, NO_OBJECT, of=lambda d: _json(d, {}, {}).replace("}", ",}", 1)
    ),
    "no comma between JSON values": _of_json(
        1, NO_OBJECT, of=lambda d: _json(d, {}, {}).replace(", ", " ", 1)
    ),
    "a raw tab in a JSON text": _of_json(1, NO_OBJECT, of=_in_json('"a\tb"')),
    "NaN in JSON": _of_json(1, NO_OBJECT, of=_in_json("NaN")),
    "an unknown JSON key": _of_json(
        1, "malformed record: unknown key coupon", of=lambda d: _json(d, {"coupon": "X"}, {})
    ),
    "many unknown JSON keys": _of_json(
        1, "malformed record: unknown key k0", of=lambda d: _json(d, {f"k{n}": n for n in range(20_000)}, {})
    ),
    "a JSON key given twice": _of_json(
        0,
        "malformed record: a key is given twice",
        of=lambda d: _json(d, {}).replace("{", '{"order_id": "O-9", '),
    ),
    "a JSON key given twice in a row": _of_json(
        1,
        "malformed record: a key is given twice",
        of=lambda d: _json(d, {}, {}).replace('"order_id"', '"order_id": "O-9", "order_id"', 1),
    ),
    "a JSON key that is missing at the end": _of_json(
        1,
        "order_status: required",
        of=lambda d: _json(d, {}, {}).replace(', "order_status": "shipped"', "", 1),
    ),
    "a JSON key that is missing": _of_json(
        1, "order_id: required", of=lambda d: _json(d, {}, {}).replace('"order_id": "O-0", ', "", 1)
    ),
    "JSON null": _of_json(
        1, "order_status: required", of=lambda d: _json(d, {"city": None}, {"order_status": None})
    ),
}
PARSED_FILES = {
    f"{name}, parsed": replace(of, content=_parsed(of.content)) for name, of in JSON_FILES.items()
}
JUDGED = CSV_FILES | JSON_FILES | PARSED_FILES

# what it is: file name, content, start of what the refusal says
REFUSED: dict[str, tuple[str, bytes, str]] = {
    "zero bytes": ("a.csv", b"", "expected a header or JSON lines, found an empty file"),
    "zero bytes of JSON": ("a.jsonl", b"", "expected a header or JSON lines, found an empty file"),
    "gzip under a .csv name": ("a.csv", b"\x1f\x8b\x08\0\0\0\0\0", "expected UTF-8, found byte 0x8b"),
    "latin-1": ("a.csv", HEADER.encode() + b"L\xf6we", "expected UTF-8, found byte 0xf6"),
    "latin-1 in JSON": ("a.jsonl", b'{"order_id": "\xff"}\n', "expected UTF-8, found byte 0xff"),
    "UTF-16": ("a.csv", HEADER.encode("utf-16"), "expected UTF-8, found byte 0xff"),
    "an unclosed quote": (
        "a.csv",
        (HEADER + '"C-1,Ada\n').encode(),
        "expected CSV, found in line 2: unexpected end of data",
    ),
    "text behind a quote": (
        "a.csv",
        (HEADER + '"C-1"x,Ada\n').encode(),
        "expected CSV, found in line 2: ',' expected",
    ),
    "a backslash as an escape": (
        "a.csv",
        (HEADER + '"say \\"hi\\""' + "," * 23 + "\n").encode(),
        "expected CSV, found in line 2",
    ),
    "a carriage return within a line": (
        "a.csv",
        (HEADER + "C-1\rAda" + "," * 23 + "\n").encode(),
        "expected CSV, found in line 2: new-line character seen in unquoted field",
    ),
    "too many fields to hold": (
        "a.csv",
        (HEADER + "," * MOST_FIELDS + "\n").encode(),
        f"expected 24 fields in a line, at the very most {MOST_FIELDS}; found {MOST_FIELDS + 1} in line 2",
    ),
    "no header": (
        "a.csv",
        HEADER.upper().encode(),
        "expected a header with 24 columns, found: unknown ADDRESS, BRAND",
    ),
    "a blank first line": (
        "a.csv",
        ("\n" + HEADER).encode(),
        "expected a header with 24 columns, found a blank",
    ),
    "an unknown column": (
        "a.csv",
        HEADER.replace("\n", ",coupon\n").encode(),
        "expected a header with 24 columns, found: unknown coupon",
    ),
    "a missing column": (
        "a.csv",
        HEADER.removeprefix("customer_id,").encode(),
        "expected a header with 24 columns, found: missing customer_id",
    ),
    "a repeated column": (
        "a.csv",
        HEADER.replace("\n", ",brand\n").encode(),
        "expected a header with 24 columns, found: repeated brand",
    ),
    "another format": ("a.parquet", b"PAR1", "expected a file .csv or .jsonl, found '.parquet'"),
}
