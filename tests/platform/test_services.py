"""The platform is healthy, has least rights, and listens on the loopback interface only."""

from pathlib import Path

import psutil
import psycopg
import pytest
from botocore.exceptions import ClientError

from local_stack.home import Home
from local_stack.prepare.storage import BUCKETS
from local_stack.services.health import CHECKS, graphql
from local_stack.services.home_processes import marked_processes
from local_stack.services.ports import used
from local_stack.services.supervision import ports_of_others
from local_stack.settings import HOST
from shopflow_assets.environment import exported
from tests.harness.stack import Stack


def test_every_service_answers(stack: Stack) -> None:
    assert {name: line["trouble"] for name, line in stack.status().items()} == dict.fromkeys(
        [*CHECKS, "disk"]
    )


def test_nothing_listens_beyond_the_loopback_interface(stack: Stack) -> None:
    addresses = {
        connection.laddr.ip
        for connections in stack.of_every_process(lambda process: process.net_connections())
        for connection in connections
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses <= {HOST, "::1", "::ffff:127.0.0.1"}


@pytest.mark.parametrize(
    ("engine", "bucket", "key"),
    [
        ("dagster", "datalake", "silver/ecommerce/x"),
        ("dagster", "inbox", "ecommerce/2026-01-01/x"),
        ("dagster", "warehouse", "x"),
        ("spark", "datalake", "bronze/ecommerce/x"),
        ("spark", "warehouse", "x"),
        ("trino", "datalake", "silver/ecommerce/x"),
        ("trino", "datalake", "bronze/ecommerce/x"),
    ],
)
def test_an_engine_cannot_write_what_another_owns(stack: Stack, engine: str, bucket: str, key: str) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        stack.s3(engine).put_object(Bucket=bucket, Key=key, Body=b"")


def test_bronze_cannot_be_deleted_by_any_engine(stack: Stack) -> None:
    stack.s3("dagster").put_object(Bucket="datalake", Key="bronze/test/kept", Body=b"as it arrived")
    for engine in ("dagster", "spark", "trino"):
        with pytest.raises(ClientError, match="AccessDenied"):
            stack.s3(engine).delete_object(Bucket="datalake", Key="bronze/test/kept")
        assert stack.s3(engine).get_object(Bucket="datalake", Key="bronze/test/kept")["Body"].read()
    stack.s3().delete_object(Bucket="datalake", Key="bronze/test/kept")


def test_spark_and_trino_cannot_look_into_the_inbox(stack: Stack) -> None:
    for engine in ("spark", "trino"):
        with pytest.raises(ClientError, match="AccessDenied"):
            stack.s3(engine).list_objects_v2(Bucket="inbox")


def test_the_buckets_are_there(stack: Stack) -> None:
    assert {bucket["Name"] for bucket in stack.s3().list_buckets()["Buckets"]} == set(BUCKETS)


def test_a_role_gets_into_its_own_database_only(stack: Stack) -> None:
    settings = stack.settings
    psycopg.connect(settings.database_url("shop", settings.shop_db_password)).close()
    with pytest.raises(psycopg.OperationalError, match="no pg_hba"):
        psycopg.connect(settings.database_url("shop", settings.shop_db_password, "dagster"))


def test_the_database_refuses_a_wrong_password(stack: Stack) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(stack.settings.database_url("postgres", stack.settings.shop_db_password))


def test_the_pools_have_one_slot_each(stack: Stack) -> None:
    fields = "poolConfig { defaultPoolLimit poolGranularity } concurrencyLimits { slotCount }"
    instance = graphql(stack.settings, f"{{ instance {{ {fields} }} }}")["instance"]
    assert instance["poolConfig"] == {"defaultPoolLimit": 1, "poolGranularity": "op"}
    # Dagster knows a pool by name once a step has asked for a slot.
    assert {pool["slotCount"] for pool in instance["concurrencyLimits"]} <= {1}


def test_engines_that_are_prepared_can_be_prepared_again(stack: Stack) -> None:
    env_file = stack.home.env_file.read_text()
    stack.shopflow("prepare", "--minio-host", "localhost", "--postgres-host", "localhost")
    assert stack.home.env_file.read_text() == env_file
    assert {bucket["Name"] for bucket in stack.s3().list_buckets()["Buckets"]} == set(BUCKETS)


def test_a_stack_that_runs_refuses_other_settings_than_it_was_started_with(stack: Stack) -> None:
    env_file = stack.home.env_file.read_text()
    with exported({"SHOPFLOW_MAX_QUARANTINED_SHARE": "0.5"}):
        refused = stack.attempt("up")
    assert refused.returncode == 1
    assert "The stack runs with another SHOPFLOW_MAX_QUARANTINED_SHARE: 0.05." in refused.stderr
    assert stack.home.env_file.read_text() == env_file


def test_others_see_the_ports_of_a_stack_as_soon_as_its_supervisor_runs(stack: Stack, tmp_path: Path) -> None:
    names = {process.name() for process, home in marked_processes() if home == stack.home}
    assert "supervisord" in names
    assert ports_of_others(Home(tmp_path))[stack.home] == used(stack.settings)


@pytest.mark.parametrize("command", ["sql", "backfill", "simulate", "diff"])
def test_a_home_that_is_down_does_not_speak_to_the_stack_that_has_its_ports(
    stack: Stack, tmp_path: Path, command: str
) -> None:
    down = Stack(Home(tmp_path))
    down.home.env_file.write_text(stack.home.env_file.read_text())
    arguments = ["select 1"] if command == "sql" else ["2026-01-01", "2026-01-01"]
    refused = down.attempt(command, *arguments)
    assert refused.returncode == 1
    assert f"its ports are now those of the stack of {stack.home.path}: run `shopflow up`" in refused.stderr


def test_a_proxy_is_not_asked_for_the_stacks_own_services(stack: Stack) -> None:
    with exported({"http_proxy": "http://127.0.0.1:9", "NO_PROXY": "example.org"}):
        assert stack.attempt("status").returncode == 0
        assert stack.shopflow("sql", "select 7 as n", "--format", "csv") == "n\n7\n"


def test_the_exports_let_the_owner_in(stack: Stack) -> None:
    lines = stack.shopflow("env").splitlines()
    exports = dict(line.removeprefix("export ").split("=", 1) for line in lines)
    assert exports.keys() == {
        "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION",
        "TRINO_HOST", "TRINO_PORT", "SHOPFLOW_OLTP_URL", "DAGSTER_URL",
    }  # fmt: skip
    assert exports["AWS_ACCESS_KEY_ID"] == stack.settings.minio_root_user


def test_no_log_holds_a_secret(stack: Stack) -> None:
    secrets = [v.get_secret_value() for _, v in stack.settings if hasattr(v, "get_secret_value")]
    logs = [file.read_text(errors="replace") for file in stack.home.logs.iterdir()]
    assert logs
    assert not [secret for secret in secrets if any(secret in log for log in logs)]
