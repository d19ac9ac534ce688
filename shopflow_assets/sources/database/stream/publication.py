"""What the publication sends, compared with what landing needs. What would lose changes is refused."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shopflow_assets.errors import SourceError
from shopflow_assets.sources.database.server.source_schema import SourceTable, tables_in_source
from shopflow_assets.sources.database.server.source_state import SourceState, Tables, source_state
from spark_jobs.contracts.table import Table
from spark_jobs.contracts.versions import own_columns

if TYPE_CHECKING:
    import psycopg

PUBLICATION = "shopflow"
# Publications with lists of columns.
_OLDEST = 150_000
# A table may be published by itself, with its schema, or with all tables.
_MEMBERS = """
select
    t.tablename, t.attnames::text[],
    concat_ws('.', coalesce(r.oid, n.oid, p.oid), c.oid, p.oid, p.xmin) as membership,
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


def state_of_stream(sql: "psycopg.Connection[Any]", tables: Tables) -> SourceState:
    """What a source sends by its publication.

    Raises:
        SourceError: something cannot be landed without a loss, or must not be landed.
    """
    if sql.info.server_version < _OLDEST:
        raise SourceError(
            f"The change stream needs PostgreSQL {_OLDEST // 10_000} or later, this server has"
            f" {sql.info.server_version // 10_000}. Read it with SHOPFLOW_OLTP_MODE=watermark."
        )
    there = tables_in_source(sql, tables.schema, [*tables.by_name.values()])
    sent = _published(sql, tables, there)
    columns = {name: sent_columns for name, (_, sent_columns) in sent.items()}
    membership = {name: membership for name, (membership, _) in sent.items()}
    return source_state(sql, tables, there, columns, membership)


def _published(
    sql: "psycopg.Connection[Any]", tables: Tables, there: Mapping[str, SourceTable]
) -> dict[str, tuple[str, Sequence[str]]]:
    """The membership of each table in the publication, and the columns that are sent of it.

    A table that left the publication and joined it again has another membership, and a gap in its changes.
    The same holds after the publication was told to send other operations: then another transaction wrote its
    row (xmin).

    Raises:
        SourceError: names everything that would lose changes, stop the shop, or send what must not leave it.
    """
    operations = sql.execute(_OPERATIONS, [PUBLICATION]).fetchone()
    if operations is None:
        # PostgreSQL 18 only warns when a publication is missing, and sends nothing.
        raise SourceError(
            f"The publication {PUBLICATION} is missing, so no change is sent. Create it as"
            " docs/own_database.md shows. If the shop was landed before, then run `shopflow snapshot`."
        )
    members = {row[0]: row[1:] for row in sql.execute(_MEMBERS, [PUBLICATION, tables.schema]).fetchall()}
    wrong = [] if operations[0] else [f"{PUBLICATION}: it must send insert, update, delete and truncate"]
    for name, table in tables.by_name.items():
        in_source = f"{tables.schema}.{name}"
        if name not in members:
            wrong.append(f"{in_source}: it is not in the publication {PUBLICATION}")
            continue
        columns, _, has_list, row_filter = members[name]
        faults = _faults(table, there[name], columns, tables.withheld.get(name, ()), has_list=has_list)
        if row_filter:
            faults = (*faults, f"the publication must send all rows, not those with {row_filter}")
        wrong += [f"{in_source}: {fault}" for fault in faults]
    if wrong:
        raise SourceError(
            "The publication cannot be landed from:\n"
            + "\n".join(wrong)
            + "\ndocs/own_database.md shows how the tables must be published."
        )
    return {name: (members[name][1], members[name][0]) for name in tables.by_name}


def _faults(
    table: Table, source: SourceTable, sent: Collection[str], withheld: Collection[str], *, has_list: bool
) -> Iterator[str]:
    if missing := sorted({column.name for column in own_columns(table)} - set(sent)):
        yield f"the publication does not send {', '.join(missing)}"
    if secret := sorted(set(sent) & set(withheld)):
        yield f"the publication must not send {', '.join(secret)}: publish a list of columns"
    if source.is_parent:
        yield (
            "its rows are in partitions or child tables, and the stream does not say when one of them is"
            " attached, detached or truncated: read the shop with SHOPFLOW_OLTP_MODE=watermark"
        )
    if source.identity not in ("d", "f"):
        yield "its replica identity must be DEFAULT or FULL, so that deletes carry the key"
    if source.identity == "f" and has_list:
        yield "a list of columns with REPLICA IDENTITY FULL makes the shop's updates fail"
    if source.identity == "f" and any(c.is_generated and c.name not in sent for c in source.columns.values()):
        yield "generated columns with REPLICA IDENTITY FULL make the shop's updates fail"
