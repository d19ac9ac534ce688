"""What the publication sends, compared with what landing needs. What would lose changes is refused."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shopflow_assets.errors import SourceError
from shopflow_assets.sources.database.server.source_schema import SourceTable, own_columns, tables_in_source
from shopflow_assets.sources.database.server.source_state import (
    SourceState,
    Tables,
    simulated_clock,
    unknown_of_each,
)
from spark_jobs.contracts.table import Table

if TYPE_CHECKING:
    import psycopg

PUBLICATION = "shopflow"
# A table may be published by itself, with its schema, or with all tables.
_MEMBERS = """
select
    t.tablename, t.attnames::text[],
    coalesce(r.oid, n.oid, p.oid)::text || '.' || c.oid as membership,
    r.prattrs is not null as has_list, t.rowfilter
from pg_publication_tables t
join pg_publication p on p.pubname = t.pubname
join pg_namespace s on s.nspname = t.schemaname
join pg_class c on c.relname = t.tablename and c.relnamespace = s.oid
left join pg_publication_rel r on r.prpubid = p.oid and r.prrelid = c.oid
left join pg_publication_namespace n on n.pnpubid = p.oid and n.pnnspid = s.oid
where t.pubname = %s and t.schemaname = %s"""
_OPERATIONS = """
select pubinsert and pubupdate and pubdelete and pubtruncate, pubviaroot
from pg_publication where pubname = %s"""


def published(
    sql: "psycopg.Connection[Any]",
    schema: str,
    tables: Sequence[Table],
    there: Mapping[str, SourceTable],
    withheld: Mapping[str, Collection[str]],
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The membership of each table in the publication, and the columns that are sent of it.

    A table that left the publication and joined it again has another membership, and a gap in its changes.

    Raises:
        SourceError: names everything that would lose changes, stop the shop, or send what must not leave it.
    """
    operations = sql.execute(_OPERATIONS, [PUBLICATION]).fetchone()
    if operations is None:
        # PostgreSQL 18 only warns when a publication is missing, and sends nothing.
        raise SourceError(
            f"The publication {PUBLICATION} is missing, so no change would be sent. Create it as"
            " docs/own_database.md shows, then land the present rows with `shopflow snapshot`."
        )
    wrong = [] if operations[0] else [f"{PUBLICATION}: it must send insert, update, delete and truncate"]
    members = {row[0]: row[1:] for row in sql.execute(_MEMBERS, [PUBLICATION, schema]).fetchall()}
    for table in tables:
        name = table.rules.table
        if name not in members:
            wrong.append(f"{schema}.{name}: it is not in the publication {PUBLICATION}")
            continue
        columns, _, has_list, row_filter = members[name]
        wrong += _faults(table, there[name], columns, withheld.get(name, ()), has_list=has_list)
        if row_filter:
            wrong.append(f"{schema}.{name}: the publication must send all rows, not those with {row_filter}")
    if wrong:
        raise SourceError(
            "The publication cannot be landed from:\n"
            + "\n".join(wrong)
            + "\ndocs/own_database.md shows how the tables must be published."
        )
    of_tables = {table.rules.table: members[table.rules.table] for table in tables}
    return {name: (membership, tuple(columns)) for name, (columns, membership, *_) in of_tables.items()}


def _faults(
    table: Table, source: SourceTable, sent: Sequence[str], withheld: Collection[str], *, has_list: bool
) -> list[str]:
    name, faults = table.name, []
    if not source.key:
        faults.append(f"{name}: without a primary key, the shop's updates and deletes fail")
    if missing := sorted({column.name for column in own_columns(table)} - set(sent)):
        faults.append(f"{name}: the publication does not send {', '.join(missing)}")
    if secret := sorted(set(sent) & set(withheld)):
        faults.append(f"{name}: the publication must not send {', '.join(secret)}: publish a list of columns")
    if source.identity not in ("d", "f"):
        faults.append(f"{name}: its replica identity must be DEFAULT or FULL, so that deletes carry the key")
    if source.identity == "f" and has_list:
        faults.append(f"{name}: a list of columns with REPLICA IDENTITY FULL makes the shop's updates fail")
    if source.identity == "f" and any(column.is_generated for column in source.columns.values()):
        faults.append(f"{name}: generated columns with REPLICA IDENTITY FULL make the shop's updates fail")
    return faults


def state_of_stream(sql: "psycopg.Connection[Any]", tables: Tables) -> SourceState:
    """What a source sends by its publication.

    Raises:
        SourceError: something cannot be landed without a loss, or must not be landed.
    """
    there = tables_in_source(sql, tables.schema, [*tables.by_name.values()])
    sent = published(sql, tables.schema, [*tables.by_name.values()], there, tables.withheld)
    columns = {name: columns for name, (_, columns) in sent.items()}
    return SourceState(
        clock=simulated_clock(sql),
        columns=columns,
        membership={name: membership for name, (membership, _) in sent.items()},
        unknown=unknown_of_each(tables, there, columns),
    )
