"""Which version of a table a run found, and which one it left: Delta versions and Iceberg snapshots.

Found by what the run itself recorded (Delta's version, the id of Trino's query), not by comparing the clocks
of Dagster and the engines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from local_stack.errors import HistoryGoneError
from local_stack.home import Home
from shopflow_assets.gold.months import in_months, month_column
from shopflow_cli.query import column_types, fetch

SNAPSHOTS = """
select snapshot_id, parent_id, element_at(summary, 'trino_query_id'), to_unixtime(committed_at)
from gold."{schema}"."{table}$snapshots" order by committed_at"""
# Spark writes quarantine just before silver, in one job and one at a time, and by one clock.
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
    """Return the span of the quarantine's versions that belong to these of a silver table.

    None when they changed nothing in it: where no records are replaced by none, Delta commits nothing.

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

    A table rebuilt by CREATE OR REPLACE starts a line of snapshots without a parent, so the one before is
    found by the order of commits, and any row may differ.

    Raises:
        HistoryGoneError: the snapshots of that time have expired.
    """
    snapshots = fetch(home, SNAPSHOTS.format(schema=schema, table=table))
    made = [n for n, (_, _, query, _) in enumerate(snapshots) if query in queries]
    if made and made[0] > 0:
        before, *written = snapshots[made[0] - 1 : made[-1] + 1]
        is_rebuilt = any(parent is None for _, parent, _, _ in written)
        numbers = [number for number, *_ in written]
        where = "true" if is_rebuilt else _months_written(home, schema, table, numbers)
        return Span(before[0], numbers[-1], where)
    # A query that changes nothing commits nothing; it is told from an expired snapshot by Trino's own clock.
    if not made and snapshots and snapshots[0][-1] < min(map(_asked_at, queries)):
        return None
    raise HistoryGoneError("its snapshots of that time have expired")


def _months_written(home: Home, schema: str, table: str, snapshots: Sequence[int]) -> str:
    """Return what picks the months in which these snapshots added or removed files."""
    entries = f'gold."{schema}"."{table}$all_entries"'
    column = month_column(column_types(home, entries)["data_file"])
    if column is None:
        return "true"
    written = f"""
        select distinct data_file.partition.{column}_month from {entries}
        where snapshot_id in ({", ".join(map(str, snapshots))}) order by 1"""
    return in_months(column, (month for [month] in fetch(home, written)))


def _asked_at(query: str) -> float:
    """Return when Trino took a query, in Unix seconds: its id starts with that time in UTC."""
    return datetime.strptime(query[:15], "%Y%m%d_%H%M%S").replace(tzinfo=UTC).timestamp()
