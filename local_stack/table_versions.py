"""Which version of a table a run found, and which one it left: Delta versions and Iceberg snapshots.

Found by what the run itself recorded (Delta's version, the id of Trino's query), not by comparing the clocks
of Dagster and the engines.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from local_stack.errors import HistoryGoneError
from local_stack.home import Home
from local_stack.query import fetch

SNAPSHOTS = """
select snapshot_id, element_at(summary, 'trino_query_id'), to_unixtime(committed_at)
from gold."{schema}"."{table}$snapshots" order by committed_at"""
# Spark writes quarantine just before silver, in one job and one at a time, and by one clock.
QUARANTINE_VERSION = """
select max(version) from silver.quality."quarantine$history"
where timestamp <= (select timestamp from silver."{schema}"."{table}$history" where version = {version})
  and element_at(operation_parameters, 'predicate')
      like '%domain = ''{schema}'' and table_name = ''{table}''%'"""


@dataclass(frozen=True)
class Span:
    """A table's version before and after a run; None where the run committed nothing to it."""

    before: int
    after: int


def delta_span(versions: set[int]) -> Span:
    """Return the span of the Delta versions that a run made."""
    return Span(min(versions) - 1, max(versions))


def quarantine_span(home: Home, schema: str, table: str, versions: set[int]) -> Span:
    """Return the span of the quarantine's versions that belong to these of a silver table.

    Raises:
        HistoryGoneError: Delta's log no longer says which.
    """
    made = set()
    for version in sorted(versions):
        [[found]] = fetch(home, QUARANTINE_VERSION.format(schema=schema, table=table, version=version))
        if found is None:
            raise HistoryGoneError("Delta's log no longer holds the quarantine's version of this run")
        made.add(found)
    return delta_span(made)


def iceberg_span(home: Home, schema: str, table: str, queries: set[str]) -> Span | None:
    """Return the snapshots before and after a run's queries, or None when they committed nothing.

    A table rebuilt by CREATE OR REPLACE starts a line of snapshots without a parent, so the one before is
    found by the order of commits.

    Raises:
        HistoryGoneError: the snapshots of that time have expired.
    """
    snapshots = fetch(home, SNAPSHOTS.format(schema=schema, table=table))
    made = [n for n, (_, query, _) in enumerate(snapshots) if query in queries]
    if made and made[0] > 0:
        return Span(snapshots[made[0] - 1][0], snapshots[made[-1]][0])
    # A query that changes nothing commits nothing; it is told from an expired snapshot by Trino's own clock.
    if not made and snapshots and snapshots[0][2] < min(map(_asked_at, queries)):
        return None
    raise HistoryGoneError("its snapshots of that time have expired")


def _asked_at(query: str) -> float:
    """Return when Trino took a query, in Unix seconds: its id starts with that time in UTC."""
    return datetime.strptime(query[:15], "%Y%m%d_%H%M%S").replace(tzinfo=UTC).timestamp()
