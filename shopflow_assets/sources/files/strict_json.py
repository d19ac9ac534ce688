"""Reads JSON lines strictly: each line is one flat object of known keys, or malformed."""

import json
from collections.abc import Iterator, Sequence
from typing import IO, Any

from spark_jobs.manifest import LONGEST_JSON_LINE

BLANKS = " \t\r\n"
# A record's texts in the order of the columns, or None for a malformed one.
Record = Sequence[str] | None


def json_records(lines: IO[bytes], names: Sequence[str]) -> Iterator[Record]:
    """The records of the lines that are not blank.

    Raises:
        UnicodeDecodeError: a line is not UTF-8.
    """
    known = set(names)
    for n, line in enumerate(lines):
        text = line.decode("utf-8" if n else "utf-8-sig")
        if text.strip(BLANKS):
            yield _json_record(text, names, known)


def _json_record(text: str, names: Sequence[str], known: set[str]) -> Record:
    """The record's texts in column order, or None when the line is not one flat object of known keys."""
    if len(text.rstrip("\n")) > LONGEST_JSON_LINE:
        return None
    try:
        # Numbers are kept as texts: a float would lose digits.
        pairs = json.loads(
            text, object_pairs_hook=tuple, parse_float=str, parse_int=str, parse_constant=_not_a_value
        )
    except (ValueError, RecursionError):
        return None
    if not isinstance(pairs, tuple):
        return None
    record: dict[str, Any] = dict(pairs)
    if len(record) < len(pairs) or not record.keys() <= known:
        return None
    if any(isinstance(value, list | tuple) for value in record.values()):
        return None
    values = [_plain(record.get(name)) for name in names]
    # Half of a surrogate pair is no character: it cannot be written without replacing it by another one.
    return values if all(map(_is_text, values)) else None


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _not_a_value(constant: str) -> None:
    raise ValueError(constant)
