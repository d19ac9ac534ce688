"""The one form of a record from a database: a JSON line of texts, counted as it is written.

Beside the table's columns a line has `_pos` (see `position`), `_op` (r read, c insert, u update, d delete,
t truncate), `_at` (time of the commit, or `updated_at`), `_xid`, `_old_key` (the key before it changed) and
`_unchanged` (wide columns that an update did not send).
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from json import dumps
from json.encoder import encode_basestring
from pathlib import Path

from shopflow_assets.sources.database.landed.values import UNCHANGED, Value
from shopflow_assets.sources.money import money_pattern
from spark_jobs.contracts.table import Table
from spark_jobs.contracts.texts import BLANKS
from spark_jobs.manifest import LONGEST_JSON_LINE

LINES_IN_MEMORY = 1_000
# What a line says beside the columns of its table.
_ABOUT = ("_pos", "_op", "_at", "_xid", "_old_key", "_unchanged")


@cache
def _starts(columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f",{encode_basestring(column)}:" for column in columns)


@dataclass
class TableLines:
    """Lines of one table, written to a local file, with what a strict reading of them counts.

    A line that is too long for Spark is written too, and counted as malformed.
    """

    table: Table
    path: Path
    records: int = 0
    malformed: int = 0
    first: str = ""
    last: str = ""
    amount: Decimal = Decimal(0)
    characters: Counter[str] = field(default_factory=Counter)
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Begin with an empty file."""
        self.path.write_bytes(b"")
        self._money = money_pattern(self.table.source_columns, self.table.rules.amount)
        self._unwritten: list[bytes] = []

    def write(
        self,
        pos: str,
        op: str,
        at: str,
        xid: str = "",
        *,
        columns: tuple[str, ...] = (),
        values: Sequence[Value] = (),
        old_key: Mapping[str, Value] | None = None,
    ) -> None:
        """Add one line. Columns whose value is UNCHANGED are named in `_unchanged`, and left out."""
        parts = [f'{{"_pos":"{pos}","_op":"{op}","_at":"{at}"']
        if xid:
            parts.append(f',"_xid":"{xid}"')
        key = unchanged = ""
        if old_key:
            key = dumps(old_key, ensure_ascii=False)
            parts.append(f',"_old_key":{encode_basestring(key)}')
        if UNCHANGED in values:
            unchanged = ",".join(
                name for name, value in zip(columns, values, strict=True) if value is UNCHANGED
            )
            parts.append(f',"_unchanged":{encode_basestring(unchanged)}')
        for start, value in zip(_starts(columns), values, strict=True):
            if value is None:
                parts.append(start + "null")
            elif value is not UNCHANGED:
                parts.append(start + encode_basestring(value))
        parts.append("}\n")
        line = "".join(parts)
        self._unwritten.append(line.encode())
        if len(self._unwritten) == LINES_IN_MEMORY:
            self.flush()
        self.records += 1
        self.first = self.first or pos
        self.last = pos
        if columns != self.columns:
            self.columns = tuple(dict.fromkeys((*self.columns, *columns)))
        if len(line) > LONGEST_JSON_LINE:
            self.malformed += 1
        else:
            self._count(_ABOUT, (pos, op, at, xid, key, unchanged))
            self._count(columns, values)

    def flush(self) -> None:
        """Write what is not written yet. No file stays open: a landing may end with any error."""
        with self.path.open("ab") as file:
            file.writelines(self._unwritten)
        self._unwritten.clear()

    def _count(self, columns: Sequence[str], values: Sequence[Value]) -> None:
        for column, value in zip(columns, values, strict=True):
            if value is not None and value is not UNCHANGED:
                self.characters[column] += len(value)
                if column == self.table.rules.amount:
                    self.amount += self.readable(value)

    def readable(self, text: Value) -> Decimal:
        """The money that a text of the money column is; 0 if it cannot be read as money."""
        clean = text.strip(BLANKS) if text else ""
        return Decimal(clean) if self._money.fullmatch(clean) else Decimal(0)


@dataclass
class Batch:
    """Lines of several tables of one day that one manifest will commit."""

    folder: Path
    tables: Mapping[str, Table]
    lines: dict[str, TableLines] = field(default_factory=dict)

    def of(self, table: str) -> TableLines:
        """The lines of a table."""
        if table not in self.lines:
            self.lines[table] = TableLines(self.tables[table], self.folder / table)
        return self.lines[table]

    @property
    def records(self) -> int:
        """Lines of all tables."""
        return sum(lines.records for lines in self.lines.values())

    def close(self) -> Iterator[TableLines]:
        """The lines of each table that has some, complete."""
        for lines in self.lines.values():
            if lines.records:
                lines.flush()
                yield lines


def sha256(path: Path) -> str:
    """Hash of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
