"""The truth about a day: one line per change, and the figures of the day. The pipeline never reads it."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType

from shop_simulator.shop.database.writing import Version
from shop_simulator.shop.truth.figures import Figures, Tally


class VersionsFile:
    """The changes of one day, in a file that is always a little ahead of the database.

    The lines of a transaction are written before it commits. Whoever goes on after a stop drops the lines of
    the transaction that did not.
    """

    def __init__(self, path: Path, lived_until: datetime) -> None:
        """Open the file, and keep the lines of what has been lived."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self.tally = Tally()
        self._lines = path.open("r+b")
        self._lines.truncate(self._read(lived_until.isoformat(" ")))
        self._lines.seek(0, 2)

    def _read(self, lived_until: str) -> int:
        """Count what the file holds, and return where the first line after `lived_until` begins."""
        length = 0
        for line in self._lines:
            version = Version(**json.loads(line)) if line.endswith(b"\n") else None
            if version is None or version.at > lived_until:
                break
            self.tally.add(version)
            length += len(line)
        return length

    def append(self, versions: Iterable[Version]) -> None:
        """Write the changes of a transaction, before it commits."""
        for version in versions:
            self.tally.add(version)
            self._lines.write(line_of(version))
        self._lines.flush()

    def __enter__(self) -> "VersionsFile":
        """Return the open file."""
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Close the file."""
        self._lines.close()


def line_of(version: Version) -> bytes:
    """Write one change as a line of JSON."""
    table, op, at, key, row = version
    line = {"table": table, "op": op, "at": at, "key": key, "row": row}
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def write_figures(path: Path, figures: Figures) -> None:
    """Write the figures of a day, whole or not at all."""
    half = path.with_suffix(".half")
    half.write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")
    half.replace(path)
