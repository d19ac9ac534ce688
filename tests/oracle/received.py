"""Records as they arrived, read from the files' bytes by Python's own csv and json.

For files that can be read: reasons to refuse a file are not looked for here.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any


@dataclass(frozen=True)
class Received:
    """A record: the text of each column that it has, or no texts when it is malformed.

    `record` is the line of a JSON file, if that is an object, malformed or not.
    """

    day: date
    file: str
    position: int
    texts: Mapping[str, str | None] | None
    record: str | None = None


def read(
    day: date, file: str, body: bytes, columns: Sequence[str], *, with_unknown: bool = False
) -> Iterator[Received]:
    """The records of a CSV or JSON-lines file of a table with these columns.

    `with_unknown` says that the objects of JSON lines may have other keys too.
    """
    text = body.decode("utf-8-sig")
    if PurePosixPath(file).suffix == ".jsonl":
        lines = (line for line in text.split("\n") if line.strip(" \t\r"))
        for position, line in enumerate(lines):
            found = _object(line)
            is_known = found is not None and (with_unknown or set(found) <= set(columns))
            yield Received(
                day, file, position, found if is_known else None, line if found is not None else None
            )
        return
    rows = csv.reader(io.StringIO(text, newline="\n"), strict=True)
    header = next(rows)
    for position, row in enumerate(row for row in rows if row):
        fits = len(row) == len(header)
        yield Received(day, file, position, dict(zip(header, row, strict=True)) if fits else None)


def _object(line: str) -> dict[str, str | None] | None:
    """The texts of a flat JSON object, numbers as they are written; None for anything else."""
    try:
        found = json.loads(
            line, parse_float=str, parse_int=str, parse_constant=_refused, object_pairs_hook=_pairs
        )
    except ValueError:
        return None
    if not isinstance(found, dict) or any(isinstance(value, dict | list) for value in found.values()):
        return None
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in found.items()}


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a key is given twice")
    return dict(pairs)


def _refused(text: str) -> None:
    raise ValueError(text)
