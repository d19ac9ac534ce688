"""Recognises, by its first bytes, a file that is in another format than the ending of its name says."""

import re
from pathlib import Path

from spark_jobs.manifest import JSON_BLANKS

HEAD = 4096
EXPECTED = {".csv": "CSV with a header, in UTF-8", ".jsonl": "one object a line, in UTF-8"}
BINARY = (
    (rb"\x1f\x8b", "a gzip archive"),
    (rb"PK\x03\x04.*?(\[Content_Types\]|xl/|_rels)", "an Excel workbook"),
    (rb"PK\x03\x04", "a ZIP archive"),
    (rb"\xd0\xcf\x11\xe0", "an Excel workbook of an old version"),
    (rb"PAR1([^ -~]|\Z)", "a Parquet file"),
    (rb"Obj\x01", "an Avro file"),
    (rb"\x28\xb5\x2f\xfd", "a zstd archive"),
    (rb"BZh[1-9]", "a bzip2 archive"),
    (rb"\xfd7zXZ", "an xz archive"),
    (rb"%PDF-", "a PDF document"),
    (rb"\xff\xfe\0\0|\0\0\xfe\xff", "text in UTF-32"),
    (rb"\xff\xfe|\xfe\xff|([^\0]\0){4}|(\0[^\0]){4}", "text in UTF-16"),
)
NAME = r'"?[A-Za-z_]\w*"?'
# From the most special to the most general: the first that matches says what the file is.
TEXTS = (
    (r"<!doctype html|<html", "an HTML page"),
    (r"<\?xml|<[a-z!]", "XML"),
    (r"\[\s*(\{|\]|\Z)", "a JSON array"),
    (r'\{[^\n}]*\n\s*["}]', "JSON over several lines"),
    (r'\{\s*"', "JSON"),
    (rf"{NAME}([,;\t|]{NAME})+\s*$", "text in columns"),
)
# What a file of its format looks like is no reason to refuse it.
OWN = {".csv": "text in columns", ".jsonl": "JSON"}


def other_format(path: Path, suffix: str) -> str | None:
    """What the file is, if it is evidently not what its suffix says; with what was expected."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    what = _binary(head) or _text(head.decode("utf-8-sig", errors="replace").lstrip(JSON_BLANKS))
    return f"{what}; expected {EXPECTED[suffix]}" if what and what != OWN[suffix] else None


def _binary(head: bytes) -> str | None:
    return next((what for start, what in BINARY if re.match(start, head, re.DOTALL)), None)


def _text(head: str) -> str | None:
    return next((what for start, what in TEXTS if re.match(start, head, re.I | re.M)), None)
