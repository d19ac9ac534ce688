"""Odd JSON files that are read, by what is odd about them."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

from spark_jobs.manifest import LONGEST_JSON_LINE
from tests.spark.odd_files.line import MALFORMED, Content, Judged, line

NO_OBJECT = f"{MALFORMED}: expected one flat JSON object on the line"


def _json(day: date, *changes: dict[str, Any]) -> str:
    return "".join(json.dumps(line(n, day, **change)) + "\n" for n, change in enumerate(changes))


def _of_json(rows: int, *reasons: str, of: Content, values: dict[str, Any] | None = None) -> Judged:
    return Judged("a.jsonl", of, rows, reasons, values=tuple((values or {}).items()))


def _in_json(literal: str, column: str = "address") -> Content:
    """Two lines, the first with the column's value written as this JSON literal."""
    return lambda d: _json(d, {column: "<here>"}, {}).replace('"<here>"', literal)


def _parsed(content: Content) -> Content:
    """The same lines with an escape in a key: only a JSON parser can read them."""

    def escaped(day: date) -> str | bytes:
        lines = content(day)
        if isinstance(lines, bytes):
            return lines.replace(b'"customer_id"', rb'"\u0063ustomer_id"')
        return lines.replace('"customer_id"', r'"\u0063ustomer_id"')

    return escaped


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
    "a long JSON line of fewer characters than bytes": _of_json(
        2, of=_in_json(f'"{"ü" * (LONGEST_JSON_LINE // 2 + 1)}"')
    ),
    "a JSON line that is too long": _of_json(1, NO_OBJECT, of=_in_json(f'"{"x" * LONGEST_JSON_LINE}"')),
    "a broken JSON line": _of_json(1, NO_OBJECT, of=lambda d: _json(d, {}) + '{"order_id": \n'),
    "a truncated JSON line": _of_json(1, NO_OBJECT, of=lambda d: _json(d, {}, {})[:-30]),
    "two objects on a line": _of_json(
        1, NO_OBJECT, of=lambda d: _json(d, {}) + _json(d, {}).strip() * 2 + "\n"
    ),
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
        1,
        "malformed record: a key is given twice",
        of=lambda d: _json(d, {}, {}).replace("{", '{"order_id": "O-9", ', 1),
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
