"""The simulator's own tables in the shop's database: the clock, and what will happen on which day.

infra/postgres/shop/simulated.sql creates them, beside the shop's.
"""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

from shop_simulator.errors import ShopBusyError, ShopConnectionError
from shop_simulator.shop.plan.changes import Change, decoded, encoded
from shop_simulator.shop.plan.ticks import tick_of

if TYPE_CHECKING:
    from psycopg import Connection

_LOCK = "hashtext('shopflow.simulator')"
_LOCK_SECONDS = 20


@contextmanager
def alone(connection: "Connection") -> Generator[None]:
    """Hold off other simulators. After a kill, this waits until the server has ended the killed session.

    Raises:
        ShopBusyError: Another simulator is at work.
        ShopConnectionError: The connection is not in autocommit mode.
    """
    from psycopg.errors import LockNotAvailable

    if not connection.autocommit:
        raise ShopConnectionError
    connection.execute(f"set lock_timeout = '{_LOCK_SECONDS}s'".encode())
    try:
        connection.execute(f"select pg_advisory_lock({_LOCK})".encode())
    except LockNotAvailable:
        raise ShopBusyError(_LOCK_SECONDS) from None
    finally:
        connection.execute("reset lock_timeout")
    try:
        yield
    finally:
        if not connection.broken:
            connection.execute(f"select pg_advisory_unlock({_LOCK})".encode())


def start_clock(connection: "Connection", instant: datetime) -> None:
    """Open the shop: everything up to an instant has been lived."""
    connection.execute("insert into simulator.clock values (%s)", [instant])


def lived_until(connection: "Connection") -> datetime | None:
    """Return the instant up to which the shop has lived; nothing if it is not open."""
    row = connection.execute("select instant from simulator.clock").fetchone()
    return row[0] if row else None


def set_clock(connection: "Connection", instant: datetime) -> None:
    """Say that everything up to an instant has been lived."""
    connection.execute("update simulator.clock set instant = %s", [instant])


def commit_for_good(connection: "Connection") -> None:
    """Let this commit wait until it and all commits before it are on disk, where the change stream reads."""
    connection.execute("set local synchronous_commit = on")


def plan(connection: "Connection", planned_on: date, changes: Iterable[Change]) -> None:
    """Keep the changes that a day has decided until they happen, and forget what has happened."""
    by_day: dict[date, list[Change]] = {}
    for change in changes:
        by_day.setdefault(change.at.date(), []).append(change)
    rows = [(day, planned_on, encoded(due)) for day, due in sorted(by_day.items())]
    with connection.cursor() as cursor:
        cursor.execute("delete from simulator.planned where day < %s", [planned_on])
        cursor.executemany("insert into simulator.planned values (%s, %s, %s)", rows)


def due_on(connection: "Connection", day: date) -> dict[datetime, list[Change]]:
    """Return what happens on a day, by the instant at which it is written."""
    rows = connection.execute(
        "select changes from simulator.planned where day = %s order by planned_on", [day]
    )
    due: dict[datetime, list[Change]] = {}
    for (text,) in rows.fetchall():
        for change in decoded(text):
            due.setdefault(tick_of(change.at), []).append(change)
    return due
