"""The source before a landing: its tables, what it publishes, and its clock if it is simulated."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shopflow_assets.errors import NotOpenedError, SourceError
from shopflow_assets.sources.database.server.source_schema import SourceTable, tables_in_source
from spark_jobs.contracts.table import Table

if TYPE_CHECKING:
    import psycopg


@dataclass(frozen=True)
class Tables:
    """The tables of a schema that are landed, by name; `withheld` are columns that must not leave it."""

    schema: str
    by_name: Mapping[str, Table]
    withheld: Mapping[str, Collection[str]]

    def has(self, schema: str, table: str) -> bool:
        """Whether a table of the database is one of these; another schema may have tables of such names."""
        return schema == self.schema and table in self.by_name


@dataclass(frozen=True)
class SourceState:
    """What the source has and sends; `clock` is None for a real source.

    `columns` are the columns to read of each table with their types, `numbers` those with their numbers, and
    `membership` says since when the table is published.
    """

    clock: datetime | None
    columns: Mapping[str, Mapping[str, str]]
    numbers: Mapping[str, Mapping[str, int]]
    membership: Mapping[str, str]


def state_of_tables(sql: "psycopg.Connection[Any]", tables: Tables) -> SourceState:
    """What a role may read of the tables.

    Raises:
        SourceError: something that the contracts expect cannot be read.
    """
    there = tables_in_source(sql, tables.schema, [*tables.by_name.values()])
    readable = {name: source.readable(tables.withheld.get(name, ())) for name, source in there.items()}
    return source_state(sql, tables, there, readable, {})


def source_state(
    sql: "psycopg.Connection[Any]",
    tables: Tables,
    there: Mapping[str, SourceTable],
    read: Mapping[str, Collection[str]],
    membership: Mapping[str, str],
) -> SourceState:
    """The source with the columns to read of each table.

    Raises:
        SourceError: a column has a name under which bronze says what happened to a row.
        NotOpenedError: the simulated shop has not opened yet.
    """
    columns = {name: there[name].types(read[name]) for name in tables.by_name}
    taken = [
        f"{tables.schema}.{name}.{column}"
        for name, table in tables.by_name.items()
        for column in columns[name]
        if column.startswith("_") and column in table.source_names
    ]
    if taken:
        raise SourceError(
            f"Bronze needs the names of these columns for what happened to a row: {', '.join(taken)}. Rename"
            " them, or let the role or the publication leave them out."
        )
    numbers = {name: there[name].numbers(read[name]) for name in tables.by_name}
    return SourceState(simulated_clock(sql), columns, numbers, membership)


def simulated_clock(sql: "psycopg.Connection[Any]") -> datetime | None:
    """The instant up to which a simulated shop has lived; None for a real one.

    Raises:
        NotOpenedError: the simulated shop has not opened yet.
    """
    is_simulated = sql.execute("select to_regclass('simulator.clock') is not null").fetchone()
    if is_simulated != (True,):
        return None
    row = sql.execute("select max(instant) from simulator.clock").fetchone()
    if row is None or row[0] is None:
        raise NotOpenedError(
            "The simulated shop has not opened yet: `shopflow simulate FROM TO` lives its days. To land your"
            " own shop, set SHOPFLOW_OLTP_URL (docs/own_database.md)."
        )
    return row[0].replace(tzinfo=UTC)
