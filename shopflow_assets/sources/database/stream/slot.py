"""The replication slot: PostgreSQL keeps the changes after it until they are landed.

Changes are read through SQL functions: psycopg cannot read a replication stream.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from shopflow_assets.errors import SourceError
from shopflow_assets.settings import settings
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay
from shopflow_assets.sources.database.landed.outcome import begin_again
from shopflow_assets.sources.database.landed.position import lsn, lsn_text
from shopflow_assets.sources.database.stream.publication import PUBLICATION

if TYPE_CHECKING:
    import psycopg

# More are read at a time only when one transaction has more.
CHANGES_AT_ONCE: int = 50_000
SECONDS_TO_WAIT: float = 15
_STATE = """
select confirmed_flush_lsn::text, restart_lsn::text, wal_status,
    -- Servers before version 17 give no reason.
    to_jsonb(slot) ->> 'invalidation_reason', safe_wal_size, pg_current_wal_flush_lsn()::text,
    database = current_database(), active
from pg_replication_slots as slot where slot_name = %s"""
_PEEK = """
select data from pg_logical_slot_peek_binary_changes(
    %s, %s::pg_lsn, %s, 'proto_version', '1', 'publication_names', %s, 'messages', 'true'
)"""


class _Slot(NamedTuple):
    confirmed: str
    restart: str
    wal_status: str
    reason: str | None
    bytes_left: int | None
    flushed: str
    is_here: bool
    is_read: bool


@dataclass(frozen=True)
class SlotState:
    """A usable slot: how far the log goes, how much of it the server keeps for the slot, and how much more.

    It keeps more than what is not landed, from the start of the oldest open transaction on. `bytes_left` is
    None where the server keeps any amount.
    """

    flushed: int
    bytes_kept: int
    bytes_left: int | None


def usable_slot(sql: "psycopg.Connection[Any]", landed: DatabaseDay) -> SlotState:
    """The state of the slot, if the changes after what is landed can be read from it without a gap.

    Raises:
        SourceError: changes are lost, or the slot belongs to another history; says what to do.
    """
    name, again = settings().oltp_slot, begin_again(landed.domain)
    slot = read_slot(sql, name)
    if slot is None:
        raise SourceError(
            f"The replication slot {name} is gone, and with it the changes since the last landing: {again}."
        )
    if not slot.is_here:
        raise is_elsewhere(name)
    if slot.wal_status == "lost":
        raise SourceError(
            f"The replication slot {name} is lost ({slot.reason}): the server no longer has all changes"
            f" after {landed.through}. {again}. See max_slot_wal_keep_size in docs/own_database.md."
        )
    flushed, confirmed, through = lsn(slot.flushed), lsn(slot.confirmed), lsn(landed.through)
    if flushed < through:
        raise SourceError(
            f"The server's log ends at {slot.flushed}, and it is landed up to {landed.through}: the server"
            f" was set back to an older state, or another took over. {again}."
        )
    if slot.is_read:
        raise SourceError(f"Another landing reads the replication slot {name} at this moment. Run again.")
    if confirmed > through:
        raise SourceError(
            f"The replication slot {name} was read up to {slot.confirmed}, and only {landed.through} is"
            " landed. If another landing was under way, run again. If this message stays, something else"
            f" reads the slot: {again}. Give each reader a slot of its own (SHOPFLOW_OLTP_SLOT)."
        )
    if confirmed < through:
        # A landing was killed before it let the server forget, or the server forgot that in a crash.
        advance(sql, landed.through)
    return SlotState(flushed, flushed - lsn(slot.restart), slot.bytes_left)


def read_slot(sql: "psycopg.Connection[Any]", name: str) -> _Slot | None:
    """The slot, as soon as nobody reads it: to look what is new takes a moment."""

    def now() -> _Slot | None:
        row = sql.execute(_STATE, [name]).fetchone()
        return _Slot(*row) if row else None

    return Retrying(
        retry=retry_if_result(lambda slot: slot is not None and slot.is_read),
        stop=stop_after_delay(SECONDS_TO_WAIT),
        wait=wait_fixed(0.5),
        retry_error_callback=lambda tries: tries.outcome and tries.outcome.result(),
    )(now)


def is_elsewhere(name: str) -> SourceError:
    """The refusal of a slot of another database."""
    return SourceError(
        f"The replication slot {name} belongs to another database of this server. Choose a name of its own"
        " for this one (SHOPFLOW_OLTP_SLOT)."
    )


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


def flushed(sql: "psycopg.Connection[Any]") -> int:
    """How far the server's log is written."""
    [(end,)] = sql.execute("select pg_current_wal_flush_lsn()::text").fetchall()
    return lsn(end)


def advance(sql: "psycopg.Connection[Any]", through: str) -> None:
    """Let the server forget what is landed."""
    sql.execute("select pg_replication_slot_advance(%s, %s::pg_lsn)", [settings().oltp_slot, through])
