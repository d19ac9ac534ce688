"""Dagster's private parts work as ShopFlow needs them, and are named in two files only.

When one of these tests fails after an upgrade, look for a public way first. What each part is for stands in
`shopflow_assets.dagster_internals` and `shopflow_assets.dagster_dbt_internals`.
"""

import ast
import importlib
import inspect
import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster_postgres.event_log import PostgresEventLogStorage

ROOT = Path(__file__).parents[3]
INTERNALS = {"shopflow_assets/dagster_internals.py", "shopflow_assets/dagster_dbt_internals.py"}
ROOMS = ("shopflow_cli", "local_stack", "shopflow_assets", "shop_simulator", "spark_jobs", "tests")
PRIVATE = ("dagster._", "dagster_dbt.asset_utils", "dagster_dbt.core", "dagster_aws._", "dagster_graphql._")


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def parameters(function: object) -> set[str]:
    return set(inspect.signature(function).parameters)  # ty: ignore[invalid-argument-type]


def test_private_modules_of_dagster_are_imported_in_two_files_only() -> None:
    importers = {
        str(file.relative_to(ROOT)): sorted(name for name in imports(file) if name.startswith(PRIVATE))
        for room in ROOMS
        for file in (ROOT / room).rglob("*.py")
    }
    others = {file: names for file, names in importers.items() if names and file not in INTERNALS}
    assert not others, "import these from shopflow_assets.dagster_internals or dagster_dbt_internals"
    assert all(importers[file] for file in INTERNALS)


def test_no_code_uses_a_private_attribute_of_another_object() -> None:
    files = (file for room in ROOMS if room != "tests" for file in (ROOT / room).rglob("*.py"))
    attributes = (
        (file, node)
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.endswith("__")
    )
    assert not [
        f"{file.relative_to(ROOT)}: {ast.unparse(node)}"
        for file, node in attributes
        if ast.unparse(node.value) not in ("self", "cls")
    ]


def test_a_check_result_of_a_day_takes_the_materialization_that_was_checked() -> None:
    from shopflow_assets.dagster_internals import AssetCheckEvaluationTargetMaterializationData

    target = AssetCheckEvaluationTargetMaterializationData(storage_id=1, run_id="run", timestamp=1.0)
    result = dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey("a"),
        check_name="check",
        passed=True,
        metadata={},
        partition="2026-01-01",
        target_materialization_data=target,
    )
    assert (result.partition, result.target_materialization_data) == ("2026-01-01", target)


def test_an_output_with_the_observation_metadata_marks_nothing_and_lets_the_next_step_run() -> None:
    from shopflow_assets.dagster_internals import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

    @dg.asset(output_required=False)
    def above() -> Iterator[dg.Output]:
        yield dg.Output(None, metadata={SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True})

    @dg.asset(deps=[above])
    def below() -> None:
        pass

    with dg.DagsterInstance.ephemeral() as instance:
        assert dg.materialize([above, below], instance=instance).success
        assert instance.get_latest_materialization_event(above.key) is None
        assert instance.get_latest_materialization_event(below.key) is not None


def test_the_event_log_has_the_tables_and_columns_that_are_read_and_deleted_from() -> None:
    from shopflow_assets.dagster_internals import (
        AssetCheckExecutionsTable,
        SqlEventLogStorage,
        SqlEventLogStorageTable,
    )

    assert {
        "run_id", "asset_key", "check_name", "partition", "execution_status", "evaluation_event",
        "evaluation_event_storage_id", "materialization_event_storage_id",
    } <= set(AssetCheckExecutionsTable.c.keys())  # fmt: skip
    assert {"run_id", "dagster_event_type", "asset_key", "partition"} <= set(SqlEventLogStorageTable.c.keys())
    with dg.DagsterInstance.ephemeral() as instance:
        storage = instance.event_log_storage
        assert isinstance(storage, SqlEventLogStorage)
        with storage.index_connection() as connection:
            for table in (AssetCheckExecutionsTable, SqlEventLogStorageTable):
                assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0


def test_check_results_have_the_statuses_that_our_queries_name() -> None:
    from shopflow_assets.dagster_internals import AssetCheckExecutionRecordStatus as Status

    # They are written in the database.
    assert (Status.PLANNED.value, Status.SUCCEEDED.value, Status.FAILED.value) == (
        "PLANNED",
        "SUCCEEDED",
        "FAILED",
    )


def test_the_storage_keeps_its_configuration_and_one_connection_for_the_event_log() -> None:
    from shopflow_assets.dagster_internals import STORAGE_ENGINE, ConfigurableClassData
    from shopflow_assets.instance.storage import PooledPostgresStorage

    named = ConfigurableClassData("shopflow_assets.instance.storage", "PooledPostgresStorage", "{}")
    database = {"username": "u", "password": "p", "hostname": "127.0.0.1", "port": 9, "db_name": "none"}
    config = {"postgres_db": database, "should_autocreate_tables": False}
    storage = PooledPostgresStorage.from_config_value(named, config)
    assert storage.inst_data is named
    pool = getattr(storage.event_log_storage, STORAGE_ENGINE).pool
    assert isinstance(pool, sa.pool.QueuePool)
    assert pool.size() == 1


def test_the_event_log_connects_through_the_engine_that_it_is_given() -> None:
    from shopflow_assets.dagster_internals import STORAGE_ENGINE

    event_log = PostgresEventLogStorage("postgresql://127.0.0.1:9/none", should_autocreate_tables=False)
    assert isinstance(getattr(event_log, STORAGE_ENGINE), sa.Engine)
    engine = sa.create_engine("sqlite://")
    setattr(event_log, STORAGE_ENGINE, engine)
    with event_log.index_connection() as connection:
        assert connection.engine is engine


def test_the_function_that_selects_what_dbt_runs_takes_and_returns_what_we_use() -> None:
    from shopflow_assets.dagster_dbt_internals import (
        get_updated_cli_invocation_params_for_context as selected,
    )

    assert {"context", "manifest", "dagster_dbt_translator"} <= parameters(selected)
    returned = selected.__annotations__["return"]
    assert {"manifest", "selection_args", "indirect_selection"} <= set(returned.__annotations__)


@pytest.mark.parametrize(
    ("method", "named"),
    [
        ("__init__", {"raw_event", "event_history_metadata"}),
        (
            "to_default_asset_events",
            {"manifest", "dagster_dbt_translator", "context", "target_path", "project"},
        ),
    ],
)
def test_the_class_that_makes_events_of_dbts_results_takes_what_we_give_it(
    method: str, named: set[str]
) -> None:
    from shopflow_assets.dagster_dbt_internals import DbtCoreCliEventMessage

    assert named <= parameters(getattr(DbtCoreCliEventMessage, method))


def test_a_run_launcher_may_say_that_the_process_of_a_run_is_gone() -> None:
    from shopflow_assets.dagster_internals import CheckRunHealthResult, WorkerStatus

    assert CheckRunHealthResult(WorkerStatus.FAILED, "gone").msg == "gone"
    assert WorkerStatus.RUNNING is not WorkerStatus.FAILED
    assert parameters(dg.DefaultRunLauncher.check_run_worker_health) == {"self", "run"}
    assert isinstance(dg.DefaultRunLauncher.supports_check_run_worker_health, property)


def test_the_code_server_makes_the_processes_of_runs_with_the_context_that_we_change() -> None:
    from shopflow_assets.dagster_internals import RUN_PROCESSES

    server = inspect.getsource(importlib.import_module("dagster._grpc.server"))
    assert 'self._mp_ctx = multiprocessing.get_context("spawn")' in server
    assert "execution_process = self._mp_ctx.Process(" in server
    assert RUN_PROCESSES is multiprocessing.get_context("spawn")
