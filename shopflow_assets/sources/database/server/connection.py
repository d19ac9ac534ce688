"""Connections to the source's database: how values are written as text, and what a failure means."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from shopflow_assets.errors import SourceError
from shopflow_assets.settings import settings

if TYPE_CHECKING:
    import psycopg
    from psycopg.sql import Composable

# The server writes values as the reading session asks: so texts are the same whatever its own settings are.
_SESSION = {
    "timezone": "UTC",
    "datestyle": "ISO,YMD",
    "intervalstyle": "iso_8601",
    "extra_float_digits": "3",
    "bytea_output": "hex",
    "client_encoding": "UTF8",
    # A policy that hides rows from the role is an error, as it is for pg_dump.
    "row_security": "off",
    # A landing may take long, and must not be cut off by limits that the server has for the shop.
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "lock_timeout": "0",
}
_SECONDS_TO_CONNECT = 10
# So that a landing whose server has vanished fails after a minute, and not after the system's two hours.
_KEEPALIVE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}


@contextmanager
def connect(*, autocommit: bool = True, replicates: bool = False) -> Generator["psycopg.Connection"]:
    """A connection to the shop's database; `replicates` opens one that may create a slot.

    Raises:
        SourceError: the server does not answer or refuses; the message says what to do.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    url = settings().oltp_url.get_secret_value()
    chosen = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    session = {"replication": "database"} if replicates else {"options": chosen}
    # What a person has put into the URL stays.
    defaults = {"connect_timeout": _SECONDS_TO_CONNECT, **_KEEPALIVE}
    conninfo = make_conninfo(url, **{**defaults, **conninfo_to_dict(url)}, **session)
    try:
        with psycopg.connect(conninfo, autocommit=autocommit) as connection:
            yield connection
    except psycopg.Error as error:
        raise SourceError(_what_to_do(error)) from error


@contextmanager
def reader_of(snapshot: str) -> Generator["psycopg.Connection"]:
    """A connection that sees the rows of a snapshot that another connection has exported."""
    from psycopg import sql as statements

    with connect(autocommit=False) as reader:
        reader.execute("set transaction isolation level repeatable read, read only")
        reader.execute(statements.SQL("set transaction snapshot {}").format(statements.Literal(snapshot)))
        yield reader


def cluster(sql: "psycopg.Connection[Any]") -> str:
    """Identifies the server's data: log positions of two clusters do not compare."""
    [(identifier,)] = sql.execute("select system_identifier from pg_control_system()").fetchall()
    return str(identifier)


def copied_rows(sql: "psycopg.Connection[Any]", select: "Composable") -> Generator[tuple[str | None, ...]]:
    """The rows of a query, each value as its text."""
    from psycopg import sql as statements

    with sql.cursor().copy(statements.SQL("copy ({}) to stdout").format(select)) as copy:
        yield from copy.rows()


def _what_to_do(error: "psycopg.Error") -> str:
    from psycopg import errors

    what = str(error).strip().replace("\n", "; ")
    # The client gives no code for errors while it connects. Without REPLICATION, the role is refused there.
    if isinstance(error, errors.InsufficientPrivilege) or "permission denied" in what:
        return f"The database refuses the role: {what}. docs/own_database.md lists the rights that it needs."
    if isinstance(error, errors.ObjectInUse):
        return f"Another landing reads the slot at this moment: {what}. Run the day again."
    if error.sqlstate is None or error.sqlstate.startswith(("08", "28", "57P")):
        # Also a wrong password.
        return f"The shop's database cannot be reached: {what}. See SHOPFLOW_OLTP_URL and `shopflow status`."
    return f"The shop's database failed: {what}"
