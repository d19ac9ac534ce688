"""Decodes pgoutput, PostgreSQL's own logical decoding: protocol version 1, values as text.

It knows no connection: bytes in, records out. Values stay the text that PostgreSQL's output functions wrote.
Source of the formats: PostgreSQL's documentation, "Logical Replication Message Formats".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from struct import Struct

from shopflow_assets.sources.database.landed.values import UNCHANGED, Value

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_U16, _U32, _I32, _U64, _I64 = (Struct(form) for form in (">H", ">I", ">i", ">Q", ">q"))
_NULL, _UNCHANGED, _TEXT = b"nut"
_ROW = b"N"[0]
_WHOLE = b"O"[0]


@dataclass(frozen=True)
class Relation:
    """A published table, as it was when the changes that follow were made."""

    schema: str
    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Begin:
    """The start of a transaction; `commit_lsn` is where its commit record begins."""

    commit_lsn: int
    at: datetime
    xid: int


@dataclass(frozen=True)
class Commit:
    """The end of a transaction; `end_lsn` is where its commit record ends."""

    end_lsn: int


@dataclass(frozen=True)
class Message:
    """A logical message that the application wrote into its transaction."""

    prefix: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Change:
    """A changed row: `op` is c, u, d or t. The values are in the order of the relation's columns.

    `old` is given for a delete, and for an update that changed the key or has the whole old row. In an old
    row that is not whole, only the key is known.
    """

    relation: Relation
    op: str
    new: tuple[Value, ...] | None = None
    old: tuple[Value, ...] | None = None


Record = Begin | Commit | Message | Change


class Decoder:
    """Decodes the messages of one decoding session, in their order."""

    def __init__(self) -> None:
        """No relation is known yet: the session describes each before its first change."""
        self._relations: dict[int, Relation] = {}

    def decode(self, data: bytes) -> Iterator[Record]:
        """The records of one message: none for a description, several for a TRUNCATE of several tables."""
        match data[:1]:
            case b"I":
                relation = self._relations[_U32.unpack_from(data, 1)[0]]
                yield Change(relation, "c", new=_row(data, 6)[0])
            case b"U":
                yield self._update(data)
            case b"D":
                yield Change(self._relations[_U32.unpack_from(data, 1)[0]], "d", old=_row(data, 6)[0])
            case b"B":
                [commit_lsn], [micros] = _U64.unpack_from(data, 1), _I64.unpack_from(data, 9)
                [xid] = _U32.unpack_from(data, 17)
                yield Begin(commit_lsn, _EPOCH + timedelta(microseconds=micros), xid)
            case b"C":
                yield Commit(_U64.unpack_from(data, 10)[0])
            case b"T":
                [count] = _U32.unpack_from(data, 1)
                for [oid] in _U32.iter_unpack(data[6 : 6 + 4 * count]):
                    yield Change(self._relations[oid], "t")
            case b"M":
                prefix, start = _name(data, 10)
                [size] = _U32.unpack_from(data, start)
                yield Message(prefix, data[start + 4 : start + 4 + size])
            case b"R":
                self._describe(data)
            case b"Y" | b"O":
                return
            case kind:
                raise ValueError(f"unknown pgoutput message {kind!r}")

    def _describe(self, data: bytes) -> None:
        [oid] = _U32.unpack_from(data, 1)
        schema, place = _name(data, 5)
        table, place = _name(data, place)
        [count] = _U16.unpack_from(data, place + 1)
        columns, place = [], place + 3
        for _ in range(count):
            column, place = _name(data, place + 1)
            columns.append(column)
            place += 8
        # An empty name stands for the schema of the system's own tables.
        self._relations[oid] = Relation(schema or "pg_catalog", table, tuple(columns))

    def _update(self, data: bytes) -> Change:
        relation = self._relations[_U32.unpack_from(data, 1)[0]]
        if data[5] == _ROW:
            return Change(relation, "u", new=_row(data, 6)[0])
        old, place = _row(data, 6)
        new, _ = _row(data, place + 1)
        if data[5] == _WHOLE:
            # Only a whole old row may fill gaps: in another, null means "not part of the key".
            new = tuple(before if now is UNCHANGED else now for now, before in zip(new, old, strict=True))
        return Change(relation, "u", new=new, old=old)


def _row(data: bytes, place: int) -> tuple[tuple[Value, ...], int]:
    """The values of a row that starts at a place, and the place after it."""
    [count] = _U16.unpack_from(data, place)
    values: list[Value] = []
    place += 2
    for _ in range(count):
        kind = data[place]
        place += 1
        if kind == _TEXT:
            [size] = _I32.unpack_from(data, place)
            place += 4
            values.append(data[place : place + size].decode())
            place += size
        elif kind == _NULL:
            values.append(None)
        elif kind == _UNCHANGED:
            values.append(UNCHANGED)
        else:
            raise ValueError(f"value of kind {chr(kind)!r}: only texts are asked for")
    return tuple(values), place


def _name(data: bytes, place: int) -> tuple[str, int]:
    """A name that ends with a NUL, and the place after it."""
    end = data.index(b"\0", place)
    return data[place:end].decode(), end + 1
