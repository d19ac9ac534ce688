"""The transactions of a change stream, in the order of their commits, read record by record."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shopflow_assets.sources.database.landed.landed_day import DatabaseDay
from shopflow_assets.sources.database.landed.position import lsn
from shopflow_assets.sources.database.stream.pgoutput import Begin, Change, Commit, Decoder, Message

# A simulator opens each transaction with the instant at which it is meant to happen.
CLOCK = "shopflow.at"


@dataclass(frozen=True)
class Transaction:
    """Opens the changes of a transaction; `at` is its commit time, or the instant that a simulator gave."""

    commit_lsn: int
    at: datetime
    xid: int


def transactions(messages: Iterable[bytes], landed: DatabaseDay) -> Iterator[Transaction | Change | Commit]:
    """Each transaction after what is landed: its opening, its changes, its end.

    A transaction without changes has only an end. In a simulated shop, what a person changes by hand happens
    at the instant of the transaction before it.
    """
    decoder, through, last = Decoder(), lsn(landed.through), landed.through_at
    opening, is_covered = None, False
    for data in messages:
        for record in decoder.decode(data):
            match record:
                case Begin():
                    at = last if landed.is_simulated else record.at
                    opening = Transaction(record.commit_lsn, at, record.xid)
                    # The server skips by the place where the commit record begins, too.
                    is_covered = record.commit_lsn < through
                case Message(prefix=prefix, content=instant):
                    # No clock of a real shop, whoever writes such a message there.
                    if prefix == CLOCK and opening and landed.is_simulated:
                        at = datetime.fromisoformat(instant.decode()).astimezone(UTC)
                        opening = replace(opening, at=at)
                case Change() if not is_covered:
                    if opening:
                        yield opening
                        last, opening = opening.at, None
                    yield record
                case Commit() if not is_covered:
                    yield record
