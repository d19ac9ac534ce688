"""A stack that runs: `up` on top of it, code that changes under it, services that are killed, and its end."""

import json

import psutil
import psycopg
import pytest
from dagster_postgres import PostgresEventLogStorage

from local_stack.health import graphql
from local_stack.home import CHECKOUT
from shopflow_assets.dagster_storage import PooledPostgresStorage
from tests.harness.stack import Stack, eventually


def test_a_second_up_changes_nothing(stack: Stack) -> None:
    before, env_file = stack.status(), stack.home.env_file.read_text()
    stack.shopflow("up")
    assert {name: line["pid"] for name, line in stack.status().items()} == {
        name: line["pid"] for name, line in before.items()
    }
    assert stack.home.env_file.read_text() == env_file


def test_up_lets_dagster_load_code_that_was_changed_since_it_started(stack: Stack) -> None:
    def loaded_at() -> float:
        query = "{ workspaceOrError { ... on Workspace { locationEntries { updatedTimestamp } } } }"
        [location] = graphql(stack.settings, query)["workspaceOrError"]["locationEntries"]
        return location["updatedTimestamp"]

    before = loaded_at()
    (CHECKOUT / "shopflow_assets" / "definitions.py").touch()
    stack.shopflow("up")
    assert loaded_at() > before


def test_up_says_that_the_definitions_do_not_load_until_they_do(stack: Stack) -> None:
    manifest = stack.home.dbt_target / "manifest.json"
    whole = manifest.read_bytes()
    # The preparation does not read this part of it, the definitions do.
    manifest.write_text(json.dumps({k: v for k, v in json.loads(whole).items() if k != "parent_map"}))
    try:
        # The code server first finds out, then knows.
        failed = [stack.attempt("up") for _ in range(2)]
    finally:
        manifest.write_bytes(whole)
        stack.shopflow("up")
    for attempt in failed:
        assert attempt.returncode == 1
        assert "KeyError: 'parent_map'" in attempt.stderr
        assert "does not answer" not in attempt.stderr
    assert stack.status()["dagster-webserver"]["healthy"]


def test_the_event_log_keeps_its_connection_and_goes_on_after_it_was_cut(stack: Stack) -> None:
    url = stack.settings.database_url("dagster", stack.settings.dagster_db_password)
    events = PooledPostgresStorage(url.replace("postgresql:", "postgresql+psycopg2:", 1)).event_log_storage
    assert isinstance(events, PostgresEventLogStorage)

    def backend() -> int:
        with events.index_connection() as connection:
            return connection.exec_driver_sql("select pg_backend_pid()").scalar_one()

    kept = backend()
    assert backend() == kept
    with psycopg.connect(url) as other:
        assert other.execute("select pg_terminate_backend(%s)", [kept]).fetchone() == (True,)
    assert backend() != kept


def _kill_and_await(stack: Stack, service: str) -> None:
    """Kill a service, and return when another process of it is healthy."""
    pid = stack.status()[service]["pid"]
    psutil.Process(pid).kill()

    def back() -> None:
        now = stack.status()[service]
        assert now["healthy"], now["trouble"]
        assert now["pid"] != pid

    eventually(back, seconds=120)


@pytest.mark.parametrize("service", ["minio", "postgres", "trino", "dagster-code"])
def test_a_killed_engine_comes_back(stack: Stack, service: str) -> None:
    _kill_and_await(stack, service)


def test_what_a_killed_spark_left_on_disk_is_gone_when_it_is_back(stack: Stack) -> None:
    left = stack.home.path / "spark" / "tmp" / "blockmgr-left"
    left.mkdir()
    _kill_and_await(stack, "spark")
    assert not left.exists()


def test_after_down_nothing_runs_and_up_finds_the_data(stack: Stack) -> None:
    stack.s3().put_object(Bucket="datalake", Key="test/kept", Body=b"kept")
    running = stack.of_every_process(lambda process: process)
    stack.shopflow("down")
    assert not [process for process in running if process.is_running()]
    assert stack.attempt("status").returncode == 1
    stack.shopflow("up")
    assert stack.s3().get_object(Bucket="datalake", Key="test/kept")["Body"].read() == b"kept"
    stack.s3().delete_object(Bucket="datalake", Key="test/kept")
