"""Everything that ShopFlow uses of Dagster's private modules and attributes; no other file uses any.

A new release of Dagster may change any of it without notice: `tests/unit/pipeline/test_dagster_internals.py`
has a test for each name. What belongs to dagster-dbt is in `dagster_dbt_internals`.
"""

import multiprocessing

# A check result of one day in a run over a range. `dagster.AssetCheckResult` cannot name a day.
# `dagster.AssetCheckEvaluation` can, but takes the checked materialization only as an object of this class.
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData as AssetCheckEvaluationTargetMaterializationData,
)

# Metadata of an output that lets the steps below go on and marks no day as materialized. Without an output
# Dagster skips those steps; with a usual one it marks every day of the range.
from dagster._core.definitions.source_asset import (
    SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION as SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION,
)

# What a run launcher answers when the daemon asks whether a run's process lives. The launcher is public, its
# answer is not.
from dagster._core.launcher.base import CheckRunHealthResult as CheckRunHealthResult
from dagster._core.launcher.base import WorkerStatus as WorkerStatus

# The event log's table of check results, and the values of its status column. The public `DagsterInstance`
# has no call for the results of a check per day, and none that withdraws a planned one.
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecordStatus as AssetCheckExecutionRecordStatus,
)
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable as AssetCheckExecutionsTable

# The event log's table of events. No public call withdraws the plan to materialize a day.
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable as SqlEventLogStorageTable

# The connection to both tables.
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage as SqlEventLogStorage

# What Dagster hands to a class that dagster.yaml names, to be stored as it is.
from dagster._serdes import ConfigurableClassData as ConfigurableClassData

# The attribute of each of dagster-postgres's storages that holds its connections. The public way to keep one,
# `optimize_for_webserver`, does not test it before use, so requests after a restart of PostgreSQL would fail.
STORAGE_ENGINE = "_engine"

# What the code server makes the processes of runs with. It has no setting for how they start.
RUN_PROCESSES = multiprocessing.get_context("spawn")
