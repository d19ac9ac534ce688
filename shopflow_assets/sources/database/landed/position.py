"""The position of a change: `epoch/position/ordinal`, a text of fixed width. The later of two is greater.

A new epoch begins with a snapshot: after a slot was lost, with another cluster, or with another mode. Within
an epoch the position is the log position of the commit (stream) or `updated_at` (watermark); the ordinal is
the place within the transaction. A snapshot begins with a truncate of ordinal 0: its rows come after it.
"""

from datetime import UTC, datetime


def position(epoch: int, place: int, ordinal: int) -> str:
    """The text of a position."""
    return f"{epoch:04d}/{place:016X}/{ordinal:010d}"


def lsn(text: str) -> int:
    """The number of a log position that PostgreSQL writes as `high/low`."""
    high, low = text.split("/")
    return int(high, 16) << 32 | int(low, 16)


def lsn_text(number: int) -> str:
    """A log position as PostgreSQL writes it."""
    return f"{number >> 32:X}/{number & 0xFFFFFFFF:X}"


def instant_text(at: datetime) -> str:
    """An instant in UTC, with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
