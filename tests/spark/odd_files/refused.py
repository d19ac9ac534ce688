"""Odd files that are refused as a whole, by what is odd about them."""

from spark_jobs.manifest import MOST_FIELDS
from tests.spark.odd_files.line import HEADER

CSV = "expected CSV with a header, in UTF-8"
OBJECTS = "expected one object a line, in UTF-8"
# By what is odd: file name, content, start of the reason for the refusal.
REFUSED: dict[str, tuple[str, bytes, str]] = {
    "zero bytes": ("a.csv", b"", "expected a header or JSON lines, found an empty file"),
    "zero bytes of JSON": ("a.jsonl", b"", "expected a header or JSON lines, found an empty file"),
    "gzip under a .csv name": ("a.csv", b"\x1f\x8b\x08\0\0\0\0\0", f"a gzip archive; {CSV}"),
    "latin-1": ("a.csv", HEADER.encode() + b"L\xf6we", "expected UTF-8, found byte 0xf6"),
    "latin-1 in JSON": ("a.jsonl", b'{"order_id": "\xff"}\n', "expected UTF-8, found byte 0xff"),
    "UTF-16": ("a.csv", HEADER.encode("utf-16"), f"text in UTF-16; {CSV}"),
    "a JSON array": ("a.jsonl", b'[{"order_id": "1"}, {"order_id": "2"}]\n', f"a JSON array; {OBJECTS}"),
    "a JSON array over many lines": (
        "a.jsonl",
        b'[\n{"order_id": "1"},\n{"order_id": "2"}\n]\n',
        f"a JSON array; {OBJECTS}",
    ),
    "pretty-printed JSON": (
        "a.jsonl",
        b'{\n  "order_id": "1"\n}\n',
        f"JSON over several lines; {OBJECTS}",
    ),
    "XML": ("a.csv", b"<orders><order/></orders>\n", f"XML; {CSV}"),
    "HTML": ("a.jsonl", b"<!doctype html>\n<html></html>\n", f"an HTML page; {OBJECTS}"),
    "only ragged lines": (
        "a.csv",
        (HEADER + "C-1,Ada\n").encode(),
        f"{CSV}; found 1 of 1 records that cannot be read, the first in line 2: expected 24 fields, found 2",
    ),
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
        f"expected 24 fields in a line, at most {MOST_FIELDS}; found {MOST_FIELDS + 1} in line 2",
    ),
    "no header": (
        "a.csv",
        HEADER.upper().encode(),
        "expected a header with 24 columns, found: unknown 'ADDRESS', 'BRAND'",
    ),
    "a blank first line": (
        "a.csv",
        ("\n" + HEADER).encode(),
        "expected a header with 24 columns, found a blank",
    ),
    "an unknown column": (
        "a.csv",
        HEADER.replace("\n", ",coupon\n").encode(),
        "expected a header with 24 columns, found: unknown 'coupon'",
    ),
    "a missing column": (
        "a.csv",
        HEADER.removeprefix("customer_id,").encode(),
        "expected a header with 24 columns, found: missing customer_id",
    ),
    "a repeated column": (
        "a.csv",
        HEADER.replace("\n", ",brand\n").encode(),
        "expected a header with 24 columns, found: repeated 'brand'",
    ),
    "another format": ("a.parquet", b"PAR1", "expected a file .csv or .jsonl, found '.parquet'"),
}
