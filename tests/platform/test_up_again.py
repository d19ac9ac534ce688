"""A running stack: `up` once more, changed code, and database connections that are cut."""

import json

import psycopg
import pytest
from dagster_postgres import PostgresEventLogStorage

from local_stack.services.health import graphql
from shopflow_assets.instance.storage import PooledPostgresStorage
from tests.harness.stack import Stack


def definitions_loaded_at(stack: Stack) -> float:
    """When Dagster's pages took over the definitions."""
    query = "{ workspaceOrError { ... on Workspace { locationEntries { updatedTimestamp } } } }"
    [location] = graphql(stack.settings, query)["workspaceOrError"]["locationEntries"]
    return location["updatedTimestamp"]


def test_a_second_up_changes_nothing(stack: Stack) -> None:
    # Tests before this one may have changed files.
    stack.shopflow("up")
    before, env_file = stack.status(), stack.home.env_file.read_text()
    loaded_at = definitions_loaded_at(stack)
    stack.shopflow("up")
    assert definitions_loaded_at(stack) == loaded_at
    assert {name: line["pid"] for name, line in stack.status().items()} == {
        name: line["pid"] for name, line in before.items()
    }
    assert stack.home.env_file.read_text() == env_file


def test_up_lets_dagster_load_code_that_was_changed_since_it_started(stack: Stack) -> None:
    before = definitions_loaded_at(stack)
    (stack.checkout / "shopflow_assets" / "definitions.py").touch()
    stack.shopflow("up")
    assert definitions_loaded_at(stack) > before


def test_up_says_that_the_stack_was_started_with_another_configuration(stack: Stack) -> None:
    config = stack.checkout / "infra" / "trino" / "jvm.config"
    present = config.read_bytes()
    config.write_bytes(present.replace(b"-Xmx2G", b"-Xmx3G"))
    try:
        refused = stack.attempt("up")
    finally:
        config.write_bytes(present)
    assert refused.returncode == 1
    assert f"with another version of {stack.checkout / 'infra'}" in refused.stderr
    assert "Stop it with `shopflow down`, then `shopflow up`" in refused.stderr


def test_up_says_that_the_definitions_do_not_load_until_they_do(stack: Stack) -> None:
    manifest = stack.home.dbt_target / "manifest.json"
    whole = manifest.read_bytes()
    # The preparation does not read this part of the manifest, but the definitions do.
    manifest.write_text(json.dumps({k: v for k, v in json.loads(whole).items() if k != "parent_map"}))
    try:
        # At the first `up` the code server loads the broken file; at the second it has failed already.
        failed = [stack.attempt("up") for _ in range(2)]
    finally:
        manifest.write_bytes(whole)
        stack.shopflow("up")
    for attempt in failed:
        assert attempt.returncode == 1
        assert "KeyError: 'parent_map'" in attempt.stderr
        assert "does not answer" not in attempt.stderr
    assert stack.status()["dagster-webserver"]["healthy"]


@pytest.mark.parametrize("in_webserver", [False, True])
def test_the_event_log_keeps_its_connection_and_goes_on_after_it_was_cut(
    stack: Stack, in_webserver: bool
) -> None:
    url = stack.settings.database_url("dagster", stack.settings.dagster_db_password)
    events = PooledPostgresStorage(url.replace("postgresql:", "postgresql+psycopg2:", 1)).event_log_storage
    assert isinstance(events, PostgresEventLogStorage)
    if in_webserver:
        events.optimize_for_webserver(statement_timeout=5000, pool_recycle=3600, max_overflow=5)

    def backend() -> int:
        with events.index_connection() as connection:
            return connection.exec_driver_sql("select pg_backend_pid()").scalar_one()

    kept = backend()
    assert backend() == kept
    with psycopg.connect(url) as other:
        assert other.execute("select pg_terminate_backend(%s)", [kept]).fetchone() == (True,)
    assert backend() != kept
