"""Odd files that are refused as a whole, by what is odd about them."""

from spark_jobs.manifest import MOST_FIELDS
from tests.spark.odd_files.line import HEADER

# By what is odd: file name, content, start of the reason for the refusal.
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
        f"expected 24 fields in a line, at most {MOST_FIELDS}; found {MOST_FIELDS + 1} in line 2",
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
