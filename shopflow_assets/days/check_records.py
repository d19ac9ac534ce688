"""Check results per day, as Dagster recorded them. No other module reads Dagster's table of check results."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import dagster as dg
import sqlalchemy as sa
from dagster import AssetCheckEvaluation, EventLogEntry

from shopflow_assets.dagster_internals import AssetCheckExecutionRecordStatus as Status
from shopflow_assets.dagster_internals import AssetCheckExecutionsTable, SqlEventLogStorage

FINISHED = (Status.SUCCEEDED.value, Status.FAILED.value)


@dataclass(frozen=True)
class RecordedVerdict:
    """One result of a check for a day.

    `storage_id` orders all events; `target` is the storage id of the materialization that was checked.
    """

    passed: bool
    storage_id: int
    target: int | None
    event: str

    @property
    def result(self) -> AssetCheckEvaluation:
        """The whole result."""
        evaluation = dg.deserialize_value(self.event, EventLogEntry).get_dagster_event().event_specific_data
        assert isinstance(evaluation, AssetCheckEvaluation)
        return evaluation

    @property
    def holds_back(self) -> bool:
        """Whether the check failed with severity ERROR."""
        return not (self.passed or self.result.severity == dg.AssetCheckSeverity.WARN)


def recorded_verdicts(
    instance: dg.DagsterInstance, check: dg.AssetCheckKey, days: Collection[str]
) -> Mapping[str, list[RecordedVerdict]]:
    """The results of a check for these days, by day, the newest first; planned checks are left out."""
    storage = instance.event_log_storage
    assert isinstance(storage, SqlEventLogStorage)
    columns = AssetCheckExecutionsTable.c
    query = (
        sa.select(
            columns.partition,
            columns.execution_status,
            columns.evaluation_event_storage_id,
            columns.materialization_event_storage_id,
            columns.evaluation_event,
        )
        .where(
            columns.asset_key == check.asset_key.to_string(),
            columns.check_name == check.name,
            columns.execution_status.in_(FINISHED),
            columns.partition.in_(days),
        )
        # The order of the rows is the order in which runs planned the check, so it cannot be used.
        .order_by(columns.evaluation_event_storage_id.desc())
    )
    by_day: dict[str, list[RecordedVerdict]] = defaultdict(list)
    with storage.index_connection() as connection:
        for day, status, storage_id, target, event in connection.execute(query):
            passed = status == Status.SUCCEEDED.value
            by_day[day].append(RecordedVerdict(passed, storage_id, target, event))
    return by_day
