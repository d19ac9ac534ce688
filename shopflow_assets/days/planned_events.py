"""Withdraws what Dagster planned for days that a step did not try.

When a run starts, Dagster plans every asset and check for every day of its range. When the run fails, it
shows everything planned that did not happen as failed. A day that is held back or has no new input was not
tried, so it must look as before the run. Dagster has no call for that, so this module deletes the plans from
the tables of its event log.
"""

from collections.abc import Collection

import dagster as dg
import sqlalchemy as sa

from shopflow_assets.dagster_internals import (
    AssetCheckExecutionRecordStatus,
    AssetCheckExecutionsTable,
    SqlEventLogStorage,
    SqlEventLogStorageTable,
)


def withdraw_plans(
    instance: dg.DagsterInstance, run_id: str, key: dg.AssetKey | dg.AssetCheckKey, days: Collection[str]
) -> None:
    """Delete a run's plans for an asset or a check on these days; what the run did stays recorded."""
    if not days:
        return
    storage = instance.event_log_storage
    assert isinstance(storage, SqlEventLogStorage)
    with storage.index_connection() as connection:
        connection.execute(_plans_of_check(run_id, key, days) if isinstance(key, dg.AssetCheckKey) else
                           _plans_of_asset(run_id, key, days))  # fmt: skip


def _plans_of_asset(run_id: str, key: dg.AssetKey, days: Collection[str]) -> sa.Delete:
    events = SqlEventLogStorageTable.c
    return sa.delete(SqlEventLogStorageTable).where(
        events.run_id == run_id,
        events.dagster_event_type == dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED.value,
        events.asset_key == key.to_string(),
        events.partition.in_(days),
    )


def _plans_of_check(run_id: str, key: dg.AssetCheckKey, days: Collection[str]) -> sa.Delete:
    checks = AssetCheckExecutionsTable.c
    return sa.delete(AssetCheckExecutionsTable).where(
        checks.run_id == run_id,
        checks.execution_status == AssetCheckExecutionRecordStatus.PLANNED.value,
        checks.asset_key == key.asset_key.to_string(),
        checks.check_name == key.name,
        checks.partition.in_(days),
    )
