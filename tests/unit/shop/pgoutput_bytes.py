"""Messages of pgoutput made by hand, as PostgreSQL's page "Logical Replication Message Formats" says."""

from collections.abc import Sequence
from datetime import UTC, datetime
from struct import pack

from shopflow_assets.sources.database.landed.values import UNCHANGED, Value

AT = datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)


def micros(at: datetime) -> int:
    """Microseconds since 2000-01-01."""
    since = at - datetime(2000, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def begin(commit_lsn: int, at: datetime = AT, xid: int = 7) -> bytes:
    return b"B" + pack(">QqI", commit_lsn, micros(at), xid)


def commit(commit_lsn: int, end_lsn: int, at: datetime = AT) -> bytes:
    return b"C\0" + pack(">QQq", commit_lsn, end_lsn, micros(at))


def relation(oid: int, name: str, *columns: str, schema: str = "shop") -> bytes:
    described = b"".join(b"\1" + column.encode() + b"\0" + pack(">Ii", 25, -1) for column in columns)
    names = schema.encode() + b"\0" + name.encode() + b"\0"
    return b"R" + pack(">I", oid) + names + b"d" + pack(">H", len(columns)) + described


def row(*values: Value) -> bytes:
    return pack(">H", len(values)) + b"".join(map(_value, values))


def _value(value: Value) -> bytes:
    if value is None:
        return b"n"
    if value is UNCHANGED:
        return b"u"
    text = value.encode()
    return b"t" + pack(">i", len(text)) + text


def insert(oid: int, *values: Value) -> bytes:
    return b"I" + pack(">I", oid) + b"N" + row(*values)


def update(oid: int, *values: Value, old: Sequence[Value] = (), kind: bytes = b"K") -> bytes:
    before = kind + row(*old) if old else b""
    return b"U" + pack(">I", oid) + before + b"N" + row(*values)


def delete(oid: int, *values: Value, kind: bytes = b"K") -> bytes:
    return b"D" + pack(">I", oid) + kind + row(*values)


def truncate(*oids: int) -> bytes:
    return b"T" + pack(">IB", len(oids), 1) + b"".join(pack(">I", oid) for oid in oids)


def message(prefix: str, content: str, *, is_of_transaction: bool = True) -> bytes:
    text = content.encode()
    return b"M" + pack(">BQ", is_of_transaction, 1) + prefix.encode() + b"\0" + pack(">I", len(text)) + text
