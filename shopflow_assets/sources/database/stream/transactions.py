"""The transactions of a change stream, in the order of their commits, read record by record."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shopflow_assets.sources.database.landed.landed_day import DatabaseDay
from shopflow_assets.sources.database.stream.pgoutput import Begin, Change, Commit, Decoder, Message

# A simulator opens each transaction with the instant at which it is meant to happen.
CLOCK = "shopflow.at"


@dataclass(frozen=True)
class Transaction:
    """Opens the changes of a transaction; `at` is its commit time, or the instant that a simulator gave."""

    commit_lsn: int
    at: datetime
    xid: int
    is_simulated: bool = False


def transactions(messages: Iterable[bytes], through: int) -> Iterator[Transaction | Change | Commit]:
    """Each transaction that `through` does not cover: its opening, its changes, its end.

    A transaction without changes has only an end.
    """
    decoder, opening, is_covered = Decoder(), None, False
    for data in messages:
        for record in decoder.decode(data):
            match record:
                case Begin():
                    opening = Transaction(record.commit_lsn, record.at, record.xid)
                    # The server skips by the place where the commit record begins, too.
                    is_covered = record.commit_lsn < through
                case Message(prefix=prefix, content=instant) if prefix == CLOCK and opening:
                    at = datetime.fromisoformat(instant).astimezone(UTC)
                    opening = Transaction(opening.commit_lsn, at, opening.xid, is_simulated=True)
                case Change() if not is_covered:
                    if opening:
                        yield opening
                        opening = None
                    yield record
                case Commit() if not is_covered:
                    yield record


def in_time(transaction: Transaction, last: datetime, landed: DatabaseDay) -> Transaction:
    """The transaction; in a simulated shop, what a person changes by hand happens with what was `last`."""
    is_by_hand = landed.is_simulated and not transaction.is_simulated
    return replace(transaction, at=last) if is_by_hand else transaction
