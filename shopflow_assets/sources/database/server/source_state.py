"""The source before a landing: its tables, what it publishes, and its clock if it is simulated."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shopflow_assets.errors import SourceError
from shopflow_assets.sources.database.server.source_schema import (
    SourceTable,
    tables_in_source,
    unknown_columns,
)
from spark_jobs.contracts.table import Table

if TYPE_CHECKING:
    import psycopg


@dataclass(frozen=True)
class Tables:
    """The tables of a schema that are landed, by name; `withheld` are columns that must not leave it."""

    schema: str
    by_name: Mapping[str, Table]
    withheld: Mapping[str, Collection[str]]


@dataclass(frozen=True)
class SourceState:
    """What the source has and sends; `clock` is None for a real source.

    `columns` are the columns to read of each table, `membership` says since when it is published, and
    `unknown` are the columns that the contracts do not have.
    """

    clock: datetime | None
    columns: Mapping[str, tuple[str, ...]]
    membership: Mapping[str, str]
    unknown: Mapping[str, Mapping[str, str]]


def state_of_tables(sql: "psycopg.Connection[Any]", tables: Tables) -> SourceState:
    """What a role may read of the tables.

    Raises:
        SourceError: something that the contracts expect cannot be read.
    """
    there = tables_in_source(sql, tables.schema, [*tables.by_name.values()])
    columns = {name: source.readable(tables.withheld.get(name, ())) for name, source in there.items()}
    return SourceState(
        clock=simulated_clock(sql),
        columns=columns,
        membership={},
        unknown=unknown_of_each(tables, there, columns),
    )


def unknown_of_each(
    tables: Tables, there: Mapping[str, SourceTable], columns: Mapping[str, tuple[str, ...]]
) -> dict[str, dict[str, str]]:
    """Columns of each table that the contract does not have, with their types."""
    every = {name: unknown_columns(t, there[name], columns[name]) for name, t in tables.by_name.items()}
    return {name: unknown for name, unknown in every.items() if unknown}


def simulated_clock(sql: "psycopg.Connection[Any]") -> datetime | None:
    """The instant up to which a simulated shop has lived; None for a real one.

    Raises:
        SourceError: the simulated shop has not opened yet.
    """
    is_simulated = sql.execute("select to_regclass('simulator.clock') is not null").fetchone()
    if is_simulated != (True,):
        return None
    row = sql.execute("select max(instant) from simulator.clock").fetchone()
    if row is None or row[0] is None:
        raise SourceError(
            "The simulated shop has not opened yet: `shopflow simulate FROM TO` lives its days. To land your"
            " own shop, set SHOPFLOW_OLTP_URL (docs/own_database.md)."
        )
    return row[0].replace(tzinfo=UTC)
