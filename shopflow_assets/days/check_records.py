"""What checks said of days, as Dagster has recorded it: the only reader of its table of check results."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import dagster as dg
import sqlalchemy as sa
from dagster import AssetCheckEvaluation, EventLogEntry

from shopflow_assets.dagster_internals import AssetCheckExecutionRecordStatus as Status
from shopflow_assets.dagster_internals import AssetCheckExecutionsTable, SqlEventLogStorage

JUDGED = (Status.SUCCEEDED.value, Status.FAILED.value)


@dataclass(frozen=True)
class RecordedVerdict:
    """One result of a check on a day; `storage_id` orders all events, `target` is what was judged."""

    passed: bool
    storage_id: int
    target: int | None
    event: str

    @property
    def said(self) -> AssetCheckEvaluation:
        """The result in full."""
        found = dg.deserialize_value(self.event, EventLogEntry).get_dagster_event().event_specific_data
        assert isinstance(found, AssetCheckEvaluation)
        return found

    @property
    def holds_back(self) -> bool:
        """It failed, and not as a warning only."""
        return not (self.passed or self.said.severity == dg.AssetCheckSeverity.WARN)


def recorded_verdicts(
    instance: dg.DagsterInstance, check: dg.AssetCheckKey, days: Collection[str]
) -> Mapping[str, list[RecordedVerdict]]:
    """The results of a check on these days, by day, the newest first; what is only planned is no result."""
    storage = instance.event_log_storage
    assert isinstance(storage, SqlEventLogStorage)
    of = AssetCheckExecutionsTable.c
    query = (
        sa.select(
            of.partition,
            of.execution_status,
            of.evaluation_event_storage_id,
            of.materialization_event_storage_id,
            of.evaluation_event,
        )
        .where(
            of.asset_key == check.asset_key.to_string(),
            of.check_name == check.name,
            of.execution_status.in_(JUDGED),
            of.partition.in_(days),
        )
        # Not by the order of the rows, which is that in which runs planned the check.
        .order_by(of.evaluation_event_storage_id.desc())
    )
    found: dict[str, list[RecordedVerdict]] = defaultdict(list)
    with storage.index_connection() as connection:
        for day, status, storage_id, target, event in connection.execute(query):
            passed = status == Status.SUCCEEDED.value
            found[day].append(RecordedVerdict(passed, storage_id, target, event))
    return found
