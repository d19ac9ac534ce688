"""Which version of a table a run found, and which one it left: Delta versions and Iceberg snapshots.

The run itself recorded them (Delta's version, the id of Trino's query). The clocks of Dagster and of the
engines are not compared. Trino reads Delta's history, PyIceberg that of the gold tables.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from local_stack.errors import HistoryGoneError, QueryError
from local_stack.home import Home
from local_stack.services.supervision import settings_to_use
from shopflow_assets.gold.iceberg_catalog import gold_catalog, month_column, months_written
from shopflow_assets.gold.months import in_months
from shopflow_cli.query import fetch

if TYPE_CHECKING:
    from pyiceberg.table import Table
    from pyiceberg.table.snapshots import Snapshot


# One Spark job writes quarantine, then silver, by one clock; only one such job runs at a time.
QUARANTINE_VERSION = """
with silver as (
    select
        max(timestamp) filter (where version = {version}) as written_at,
        coalesce(
            max(timestamp) filter (where version < {version}), timestamp '1970-01-01 00:00 UTC'
        ) as before_at
    from silver."{schema}"."{table}$history"
)
select
    max(q.version) filter (
        where q.timestamp > silver.before_at
            and q.timestamp <= silver.written_at
            and element_at(q.operation_parameters, 'predicate')
                like '%domain = ''{schema}'' and %table_name = ''{table}''%'
    ),
    min(q.timestamp) > max(silver.before_at) and min(q.version) > 0
from silver.quality."quarantine$history" as q
cross join silver"""


@dataclass(frozen=True)
class Span:
    """A table's version before and after a run; `where`, on partition columns, picks what may differ."""

    before: int
    after: int
    where: str = "true"


def delta_span(versions: set[int]) -> Span:
    """Return the span of the Delta versions that a run made."""
    return Span(min(versions) - 1, max(versions))


def quarantine_span(home: Home, schema: str, table: str, versions: set[int]) -> Span | None:
    """Return the span of the quarantine's versions that belong to these versions of a silver table.

    None when no record was refused, before or now: then Delta commits nothing.

    Raises:
        HistoryGoneError: Delta's log no longer says which.
    """
    made = set()
    for version in sorted(versions):
        query = QUARANTINE_VERSION.format(schema=schema, table=table, version=version)
        [[found, is_log_cut]] = fetch(home, query)
        if found is not None:
            made.add(found)
        elif is_log_cut:
            raise HistoryGoneError("Delta's log no longer holds the quarantine's version of this run")
    return delta_span(made) if made else None


def iceberg_span(home: Home, schema: str, table: str, queries: set[str]) -> Span | None:
    """Return the snapshots before and after a run's queries, or None when they committed nothing.

    A table that was rebuilt by CREATE OR REPLACE has a snapshot without a parent. So the snapshot before is
    the one committed before, and any row may differ.

    Raises:
        HistoryGoneError: the snapshots of that time have expired.
        QueryError: the table, or Iceberg's catalog, cannot be read.
    """
    from pyiceberg.exceptions import NoSuchTableError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return _span_of_queries(_gold_table(home, schema, table), queries)
    except (NoSuchTableError, SQLAlchemyError, OSError) as error:
        raise QueryError(
            f"Iceberg's records of {schema}.{table} cannot be read; see `shopflow status`: {error}"
        ) from error


def _span_of_queries(gold_table: "Table", queries: set[str]) -> Span | None:
    snapshots = sorted(gold_table.snapshots(), key=lambda snapshot: snapshot.timestamp_ms)
    made = [n for n, snapshot in enumerate(snapshots) if _query_of(snapshot) in queries]
    if made and made[0] > 0:
        before, *written = snapshots[made[0] - 1 : made[-1] + 1]
        is_rebuilt = any(snapshot.parent_snapshot_id is None for snapshot in written)
        numbers = [snapshot.snapshot_id for snapshot in written]
        column = None if is_rebuilt else month_column(gold_table)
        where = in_months(column, months_written(gold_table, numbers)) if column else "true"
        return Span(before.snapshot_id, numbers[-1], where)
    # A query that changes nothing commits nothing. Trino's own clock tells it from an expired snapshot.
    if not made and snapshots and snapshots[0].timestamp_ms / 1000 < min(map(_asked_at, queries)):
        return None
    raise HistoryGoneError("its snapshots of that time have expired")


def _gold_table(home: Home, schema: str, table: str) -> "Table":
    """Return a gold table as Iceberg's catalog has it now."""
    settings = settings_to_use(home)
    catalog = gold_catalog(
        settings.database_url("dagster", settings.dagster_db_password, "iceberg"),
        settings.s3_endpoint,
        settings.s3_region,
        settings.dagster_s3_access_key,
        settings.dagster_s3_secret_key.get_secret_value(),
    )
    return catalog.load_table((schema, table))


def _query_of(snapshot: "Snapshot") -> str | None:
    """Return the id of the query by which Trino made a snapshot."""
    return snapshot.summary["trino_query_id"] if snapshot.summary else None


def _asked_at(query: str) -> float:
    """Return when Trino took a query, in Unix seconds: its id starts with that time in UTC."""
    return datetime.strptime(query[:15], "%Y%m%d_%H%M%S").replace(tzinfo=UTC).timestamp()
