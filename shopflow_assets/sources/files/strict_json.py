"""Reads JSON lines strictly: each line is one flat object, with known keys if it must, or malformed."""

import json
from collections.abc import Iterator, Sequence
from typing import IO, Any

from spark_jobs.contracts.rules import UnknownColumns
from spark_jobs.manifest import JSON_BLANKS, LONGEST_JSON_LINE
from spark_jobs.shown_text import quoted

# A record's texts in the order of the columns, or why it is malformed.
Record = list[str] | str
NO_OBJECT = "not one flat JSON object"


def json_records(lines: IO[bytes], names: Sequence[str], unknown_columns: UnknownColumns) -> Iterator[Record]:
    """The records of the lines that are not blank. Unless they are refused, unknown keys are passed over.

    Raises:
        UnicodeDecodeError: a line is not UTF-8.
    """
    known = set(names)
    for n, line in enumerate(lines):
        text = line.decode("utf-8" if n else "utf-8-sig")
        if text.strip(JSON_BLANKS):
            record = _json_record(text, names, known, unknown_columns)
            yield f"line {n + 1}: {record}" if isinstance(record, str) else record


def _json_record(text: str, names: Sequence[str], known: set[str], unknown_columns: UnknownColumns) -> Record:
    """The record's texts in column order, if the line is one flat object of keys that are allowed."""
    if len(text.rstrip("\n")) > LONGEST_JSON_LINE:
        return f"more than {LONGEST_JSON_LINE} characters"
    try:
        # Numbers are kept as texts: a float would lose digits.
        pairs = json.loads(
            text, object_pairs_hook=tuple, parse_float=str, parse_int=str, parse_constant=_not_a_value
        )
    except (ValueError, RecursionError):
        return NO_OBJECT
    if not isinstance(pairs, tuple):
        return NO_OBJECT
    record: dict[str, Any] = dict(pairs)
    if any(isinstance(value, list | tuple) for value in record.values()):
        return NO_OBJECT
    if unknown_columns == "refuse" and not record.keys() <= known:
        return f"unknown key {quoted(next(key for key in record if key not in known))}"
    if sum(key in known for key, _ in pairs) > len(record.keys() & known):
        return "a key is given twice"
    # Half of a surrogate pair is no character: it cannot be written without replacing it by another one.
    texts = (part for key, value in pairs for part in (key, _plain(value)))
    if "\\u" in text and not all(map(_is_text, texts)):
        return "half of a surrogate pair is no character"
    return [_plain(record.get(name)) for name in names]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _not_a_value(constant: str) -> None:
    raise ValueError(constant)
