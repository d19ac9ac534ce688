"""What the source's database has, compared with what the contracts expect; what cannot be read is refused."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from shopflow_assets.errors import SourceError
from shopflow_assets.sources.database.server.column_types import kinds
from spark_jobs.contracts.table import Table
from spark_jobs.contracts.texts import BLANKS
from spark_jobs.contracts.versions import own_columns, own_key
from spark_jobs.shown_text import quoted

if TYPE_CHECKING:
    import psycopg

_TABLES = """
select
    c.relname as name, c.oid, c.relreplident as identity,
    c.relkind = 'p' or exists (select from pg_inherits h where h.inhparent = c.oid) as is_parent,
    (
        select array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum))
        from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey::int2[])
        where i.indrelid = c.oid and i.indisprimary
    ) as key,
    (
        select json_agg(json_build_object(
            'name', a.attname, 'number', a.attnum,
            'type', format_type(a.atttypid, a.atttypmod), 'kind', t.typname,
            'is_enum', t.typtype = 'e', 'is_generated', a.attgenerated <> '',
            'is_readable', has_column_privilege(c.oid, a.attnum, 'select')
        ) order by a.attnum)
        from pg_attribute a join pg_type t on t.oid = a.atttypid
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    ) as columns
from pg_class c
where c.relnamespace = to_regnamespace(%(schema)s) and c.relkind in ('r', 'p')
    and c.relname = any (%(tables)s)"""


@dataclass(frozen=True)
class SourceColumn:
    """A column as the source has it; `kind` is the name of its type without length or scale.

    A column that is dropped and added again has another number.
    """

    name: str
    number: int
    type: str
    kind: str
    is_enum: bool
    is_generated: bool
    is_readable: bool


@dataclass(frozen=True)
class SourceTable:
    """A table as the source has it; `identity` says what of an old row it logs (d, f, i or n).

    Rows of a parent are in other tables: in its partitions, or in tables that inherit from it.
    """

    name: str
    oid: int
    identity: str
    is_parent: bool
    key: tuple[str, ...]
    columns: Mapping[str, SourceColumn]

    def readable(self, withheld: Collection[str]) -> tuple[str, ...]:
        """The columns to read, in the table's order."""
        return tuple(c.name for c in self.columns.values() if c.is_readable and c.name not in withheld)

    def types(self, columns: Iterable[str]) -> dict[str, str]:
        """Some of the columns with their types."""
        return {name: self.columns[name].type for name in columns}

    def numbers(self, columns: Iterable[str]) -> dict[str, int]:
        """Some of the columns with their numbers."""
        return {name: self.columns[name].number for name in columns}


def tables_in_source(
    sql: "psycopg.Connection[Any]", schema: str, tables: Sequence[Table]
) -> dict[str, SourceTable]:
    """The tables as the source has them, by name.

    Raises:
        SourceError: names everything in which a table differs so that it cannot be landed.
    """
    names = [table.rules.table for table in tables]
    rows = sql.execute(_TABLES, {"schema": schema, "tables": names}).fetchall()
    there = {
        name: SourceTable(
            name, oid, identity, is_parent, tuple(key or ()), {c["name"]: SourceColumn(**c) for c in columns}
        )
        for name, oid, identity, is_parent, key, columns in rows
    }
    wrong = [problem for table in tables for problem in _differences(table, schema, there)]
    if wrong:
        raise SourceError(
            "The source has changed in a way that cannot be landed:\n"
            + "\n".join(wrong)
            + "\nChange the source back, or the contract in spark_jobs/contracts, and run the day again."
        )
    return there


def unknown_columns(table: Table, read: Mapping[str, str]) -> dict[str, str]:
    """Those of the columns that are read that the contract does not have, with their types."""
    known = {column.name for column in own_columns(table)}
    return {name: kind for name, kind in read.items() if name not in known}


def _differences(table: Table, schema: str, there: Mapping[str, SourceTable]) -> list[str]:
    name = f"{schema}.{table.rules.table}"
    if (source := there.get(table.rules.table)) is None:
        return [f"{name}: expected a table, found none that the role may see"]
    wrong = []
    for column in own_columns(table):
        actual = source.columns.get(column.name)
        expected = kinds(column.dtype)
        if actual is None:
            alike = [quoted(other) for other in source.columns if other.strip(BLANKS) == column.name]
            actual_name = " and ".join(alike) or "none"
            wrong.append(
                f"{name}.{column.name}: expected a column ({' or '.join(expected)}), found {actual_name}"
            )
        elif actual.kind not in expected and not (actual.is_enum and column.dtype == pl.String):
            wrong.append(f"{name}.{column.name}: expected {' or '.join(expected)}, found {actual.type}")
        elif not actual.is_readable:
            wrong.append(f"{name}.{column.name}: expected the right to select it, found none")
    if sorted(source.key) != sorted(own_key(table)):
        key = f"the primary key ({', '.join(source.key)})" if source.key else "no primary key"
        wrong.append(f"{name}: expected the primary key ({', '.join(own_key(table))}), found {key}")
    return wrong
