"""Makes replication slots: the one that a snapshot begins with, and the temporary one of a count."""

from typing import TYPE_CHECKING, Any

from shopflow_assets.errors import SourceError
from shopflow_assets.settings import settings
from shopflow_assets.sources.database.landed.landed_day import DatabaseDays
from shopflow_assets.sources.database.landed.own_slots import how_to_drop, is_own, note_slot
from shopflow_assets.sources.database.server.connection import cluster, connect
from shopflow_assets.sources.database.stream.slot import is_elsewhere, read_slot

if TYPE_CHECKING:
    import psycopg

# For each transaction that was open when the slot was asked for.
SECONDS_TO_WAIT: float = 60
# Roles without pg_read_all_stats do not see since when a transaction of another role is open.
_OPEN = """
select concat_ws(', ', 'pid ' || pid, 'application ' || nullif(application_name, ''), 'role ' || usename,
    'since ' || to_char(xact_start, 'YYYY-MM-DD HH24:MI:SS')), age(backend_xid)
from pg_stat_activity where backend_xid is not null
union all
select concat_ws(', ', 'prepared ' || quote_literal(gid), 'role ' || owner,
    'since ' || to_char(prepared, 'YYYY-MM-DD HH24:MI:SS')), age(transaction)
from pg_prepared_xacts
order by 2 desc limit 5"""


class OpenTransactionsError(SourceError):
    """A slot cannot begin, because transactions that were open before it do not end."""


def drop_own(sql: "psycopg.Connection[Any]", days: DatabaseDays) -> None:
    """Drop the slot, if it is there.

    Raises:
        SourceError: it belongs to another database, or the pipeline has not made it.
    """
    name = settings().oltp_slot
    slot = read_slot(sql, name)
    if slot is None:
        return
    if not slot.is_here:
        raise is_elsewhere(name)
    if not is_own(days, cluster(sql)):
        raise SourceError(
            f"There is a replication slot {name} that was not made from this home: another program or another"
            " home may read it. Choose another name (SHOPFLOW_OLTP_SLOT). Or, if nobody needs it, drop it"
            f" by hand: {how_to_drop()}. Then run again."
        )
    sql.execute("select pg_drop_replication_slot(%s)", [name])


def make(
    sql: "psycopg.Connection[Any]", walsender: "psycopg.Connection[Any]", days: DatabaseDays
) -> tuple[str, str]:
    """Make the slot, and note that it is ours; returns what `create_slot` does.

    Raises:
        SourceError: transactions that were open before it do not end.
        StoreError: another landing was faster, or MinIO refused.
    """
    note_slot(days, cluster(sql))
    try:
        return create_slot(walsender, settings().oltp_slot, SECONDS_TO_WAIT)
    except OpenTransactionsError as error:
        raise SourceError(
            f"{error}\nWait until they end, or end them (`select pg_terminate_backend(PID)`,"
            " `rollback prepared 'NAME'`). Then run again."
        ) from error


def create_slot(
    walsender: "psycopg.Connection[Any]", name: str, seconds: float, *, is_temporary: bool = False
) -> tuple[str, str]:
    """Create a slot; returns where it begins, and the name of the snapshot of the rows before that.

    The snapshot lives for as long as `walsender` does nothing else. A slot begins when all transactions have
    ended that were open before it, so this waits so many seconds for each of them.

    Raises:
        OpenTransactionsError: they do not end; the message has the oldest.
    """
    from psycopg import errors
    from psycopg import sql as statements

    walsender.execute(f"set lock_timeout = '{seconds}s'".encode())
    create = statements.SQL("CREATE_REPLICATION_SLOT {} {} LOGICAL pgoutput (SNAPSHOT 'export')")
    kind = statements.SQL("TEMPORARY" if is_temporary else "")
    try:
        rows = walsender.execute(create.format(statements.Identifier(name), kind)).fetchall()
    except errors.LockNotAvailable as error:
        with connect() as sql:
            oldest = "\n".join(who for who, _ in sql.execute(_OPEN).fetchall())
        raise OpenTransactionsError(
            f"The replication slot {name} cannot begin before all open transactions of the server have ended."
            f" They have not after {seconds:g} seconds. The oldest:\n{oldest}"
        ) from error
    [(_, point, exported, _)] = rows
    return point, exported
