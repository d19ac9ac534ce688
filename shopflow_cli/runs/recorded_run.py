"""Finds the newest run over some days, and the table versions that it recorded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from local_stack.errors import NoSuchRunError
from shopflow_assets.days.run_tags import RANGE_END, RANGE_START
from shopflow_cli.runs.dagster_api import Webserver

PARTITION = "dagster/partition"
# Metadata of materializations: the Delta version of a silver table, the ids of Trino queries for gold.
DELTA_VERSION, QUERY_ID = "delta_version", "trino_query_id"
_SHOWN = 3


@dataclass(frozen=True)
class RecordedRun:
    """A run that has ended; `versions` and `queries` of the tables that it wrote, by (schema, table)."""

    id: str
    status: str
    ended: datetime
    first: date
    last: date
    versions: dict[tuple[str, str], set[int]]
    queries: dict[tuple[str, str], set[str]]


def newest_run(webserver: Webserver, first: date, last: date) -> RecordedRun:
    """Return the newest run that has ended, wrote a table and covers all days from `first` to `last`.

    Raises:
        NoSuchRunError: there is none; the message names the newest runs over a part of the days.
    """
    overlapping = []
    for run in webserver.finished_runs():
        days = days_of(run)
        if days is None or days[1] < first or last < days[0]:
            continue
        recorded = _recorded(webserver, run, *days)
        if recorded.versions or recorded.queries:
            if days[0] <= first and last <= days[1]:
                return recorded
            overlapping.append(f"shopflow diff {days[0]} {days[1]}")
    wanted = f"{first}" if first == last else f"all days from {first} to {last}"
    raise NoSuchRunError(f"No finished run covers {wanted}. {_advice(overlapping, first, last)}")


def _advice(overlapping: list[str], first: date, last: date) -> str:
    if overlapping:
        newest = list(dict.fromkeys(overlapping))[:_SHOWN]
        return "\n".join(["These cover a part of it:", *newest])
    return f"Start one: shopflow backfill {first} {last}"


def days_of(run: dict[str, Any]) -> tuple[date, date] | None:
    """Return the run's first and last day, or None for a run without partitions."""
    tags = {tag["key"]: tag["value"] for tag in run["tags"]}
    single = tags.get(PARTITION)
    start, end = tags.get(RANGE_START, single), tags.get(RANGE_END, single)
    return None if start is None or end is None else (date.fromisoformat(start), date.fromisoformat(end))


def _recorded(webserver: Webserver, run: dict[str, Any], first: date, last: date) -> RecordedRun:
    versions: dict[tuple[str, str], set[int]] = {}
    queries: dict[tuple[str, str], set[str]] = {}
    for (_, *relation), metadata in _written(webserver, run["runId"]):
        table = (relation[0], relation[-1])
        if DELTA_VERSION in metadata:
            versions.setdefault(table, set()).add(int(metadata[DELTA_VERSION]))
        if QUERY_ID in metadata:
            queries.setdefault(table, set()).update(metadata[QUERY_ID].split())
    ended = datetime.fromtimestamp(run["endTime"], UTC)
    return RecordedRun(run["runId"], run["status"], ended, first, last, versions, queries)


def _written(webserver: Webserver, run: str) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """Yield the materializations of tables: asset keys are layer, schema, table."""
    for asset, metadata in webserver.materializations(run):
        if {DELTA_VERSION, QUERY_ID} & metadata.keys():
            yield asset, metadata
