"""Writes records as the two files of a marketplace export: CSV and JSON lines."""

import csv
import io
import re
from collections.abc import Sequence
from json.encoder import encode_basestring
from random import Random

from shop_simulator.marketplace.record import Record, Texts
from shop_simulator.world import AT, FIELDS, NUMBERS

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_NUMERIC = frozenset(AT[column] for column in NUMBERS)
_KEYS = tuple(f"{encode_basestring(field)}: " for field in FIELDS)


def csv_record(texts: Sequence[str | None]) -> str:
    """Write one CSV record with its line end; values are quoted only where needed."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(texts)
    return line.getvalue()


def csv_bytes(records: Sequence[Record], *, blank_lines: bool) -> bytes:
    """Write the CSV file: a header, the records, and sometimes a blank line, which is no record."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FIELDS)
    for record in records:
        if record.raw is None:
            writer.writerow(record.texts)
        else:
            out.write(record.raw)
    if blank_lines:
        out.write("\n")
    return out.getvalue().encode()


def json_record(rng: Random, texts: Texts, extra: dict[str, str]) -> str:
    """Write one JSON object. Numbers are bare or texts; empty values are null or left out."""
    style = rng.random()
    numbers_as_text, left_out = style < 0.15, style > 0.6
    parts = []
    for position, text in enumerate(texts):
        if text is None:
            if not left_out:
                parts.append(f"{_KEYS[position]}null")
        elif position in _NUMERIC and not numbers_as_text and _NUMBER.fullmatch(text):
            parts.append(_KEYS[position] + text)
        else:
            parts.append(_KEYS[position] + encode_basestring(text))
    parts.extend(f"{encode_basestring(key)}: {encode_basestring(text)}" for key, text in extra.items())
    return "{" + ", ".join(parts) + "}"


def json_bytes(rng: Random, records: Sequence[Record], *, blank_lines: bool) -> bytes:
    """Write the JSON-lines file, with a blank line after the first record if `blank_lines`."""
    lines = []
    for record in records:
        lines.append(record.raw if record.raw is not None else json_record(rng, record.texts, record.extra))
        if blank_lines and len(lines) == 1:
            lines.append("")
    return "".join(f"{line}\n" for line in lines).encode()
