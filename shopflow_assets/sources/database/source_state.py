"""The source before a landing: its tables, what it publishes, and its clock if it is simulated."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shopflow_assets.errors import SourceError
from shopflow_assets.sources.database.publication import published
from shopflow_assets.sources.database.source_schema import tables_in_source, unknown_columns
from spark_jobs.contracts.table import Table

if TYPE_CHECKING:
    import psycopg


@dataclass(frozen=True)
class SourceState:
    """What the source has and sends; `clock` is None for a real source.

    `columns` are the columns to read of each table, `membership` says since when it is published, and
    `unknown` are the columns that the contracts do not have.
    """

    schema: str
    clock: datetime | None
    columns: Mapping[str, tuple[str, ...]]
    membership: Mapping[str, str]
    unknown: Mapping[str, Mapping[str, str]]


def state_of_stream(
    sql: "psycopg.Connection[Any]",
    schema: str,
    tables: Mapping[str, Table],
    withheld: Mapping[str, Collection[str]],
) -> SourceState:
    """What a source sends by its publication.

    Raises:
        SourceError: something cannot be landed without a loss, or must not be landed.
    """
    there = tables_in_source(sql, schema, [*tables.values()])
    sent = published(sql, schema, [*tables.values()], there, withheld)
    columns = {name: sent[name][1] for name in tables}
    unknown = {name: unknown_columns(table, there[name], columns[name]) for name, table in tables.items()}
    return SourceState(
        schema=schema,
        clock=simulated_clock(sql),
        columns=columns,
        membership={name: sent[name][0] for name in tables},
        unknown={name: added for name, added in unknown.items() if added},
    )


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
