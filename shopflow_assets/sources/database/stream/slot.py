"""The replication slot: PostgreSQL keeps the changes after it until they are landed.

Changes are read through SQL functions: psycopg cannot read a replication stream.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shopflow_assets.errors import SourceError
from shopflow_assets.settings import settings
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay
from shopflow_assets.sources.database.landed.position import lsn, lsn_text
from shopflow_assets.sources.database.stream.publication import PUBLICATION

if TYPE_CHECKING:
    import psycopg

# More are read at a time only when one transaction has more.
CHANGES_AT_ONCE: int = 50_000
AGAIN = "`shopflow snapshot --domain shop` lands the present rows and begins again from there"
_STATE = """
select confirmed_flush_lsn::text, wal_status, invalidation_reason, safe_wal_size,
    pg_current_wal_flush_lsn()::text, database = current_database()
from pg_replication_slots where slot_name = %s"""
_PEEK = """
select data from pg_logical_slot_peek_binary_changes(
    %s, %s::pg_lsn, %s, 'proto_version', '1', 'publication_names', %s, 'messages', 'true'
)"""


@dataclass(frozen=True)
class SlotState:
    """A usable slot: how far it is read, how far the log goes, and how much more log is kept for it.

    `bytes_left` is None where the server keeps any amount.
    """

    confirmed: int
    flushed: int
    bytes_left: int | None


def usable_slot(sql: "psycopg.Connection[Any]", landed: DatabaseDay) -> SlotState:
    """The state of the slot, if the changes after what is landed can be read from it without a gap.

    Raises:
        SourceError: changes are lost, or the slot belongs to another history; says what to do.
    """
    slot = settings().oltp_slot
    row = sql.execute(_STATE, [slot]).fetchone()
    if row is None:
        raise SourceError(
            f"The replication slot {slot} is gone, and the changes since then with it: {AGAIN}."
        )
    confirmed, status, reason, bytes_left, flushed, is_here = row
    if status == "lost":
        raise SourceError(
            f"The replication slot {slot} is lost ({reason}): the server no longer has all changes after"
            f" {landed.through}. {AGAIN}. See max_slot_wal_keep_size in docs/own_database.md."
        )
    if not is_here:
        raise SourceError(f"The replication slot {slot} belongs to another database: see SHOPFLOW_OLTP_SLOT.")
    if lsn(confirmed) > lsn(landed.through):
        raise SourceError(
            f"The replication slot {slot} was read up to {confirmed} by something else, and only"
            f" {landed.through} is landed: {AGAIN}. Give each reader a slot of its own (SHOPFLOW_OLTP_SLOT)."
        )
    return SlotState(lsn(confirmed), lsn(flushed), bytes_left)


def peek(sql: "psycopg.Connection[Any]", upto: int) -> Generator[bytes]:
    """The messages of whole transactions after the slot's position, up to a log position.

    They are at most `CHANGES_AT_ONCE` and the rest of the last transaction. The slot stays where it is.
    """
    import psycopg

    with sql.transaction(), psycopg.ServerCursor(sql, "changes", scrollable=False) as cursor:
        cursor.itersize = 2000
        arguments = [settings().oltp_slot, lsn_text(upto), CHANGES_AT_ONCE, PUBLICATION]
        for (data,) in cursor.execute(_PEEK, arguments, binary=True):
            yield data


@dataclass
class Counted:
    """Messages, counted as they are read."""

    messages: Iterator[bytes]
    count: int = 0

    def __iter__(self) -> Iterator[bytes]:
        """The messages."""
        for message in self.messages:
            self.count += 1
            yield message


def advance(sql: "psycopg.Connection[Any]", through: str) -> None:
    """Let the server forget what is landed."""
    sql.execute("select pg_replication_slot_advance(%s, %s::pg_lsn)", [settings().oltp_slot, through])


def drop(sql: "psycopg.Connection[Any]") -> None:
    """Drop the slot, if it is there."""
    sql.execute(
        "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = %s",
        [settings().oltp_slot],
    )
