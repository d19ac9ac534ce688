"""The output of steps goes to MinIO; a MinIO that does not answer delays no run for long."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg
import pytest
import yaml

from local_stack.environments import dagster_environment
from local_stack.home import INFRA, Home
from local_stack.settings import Settings

CONFIG = yaml.safe_load((INFRA / "dagster" / "dagster.yaml").read_text())["compute_logs"]


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    # Nothing listens on port 9.
    return dagster_environment(Home(tmp_path), Settings(minio_port=9))


@pytest.fixture
def instance(
    tmp_path: Path, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "dagster").mkdir()
    with dg.instance_for_test(temp_dir=str(tmp_path / "dagster"), overrides={"compute_logs": CONFIG}) as kept:
        yield kept


def test_the_client_has_the_stacks_address_keys_and_region(
    instance: dg.DagsterInstance, environment: Mapping[str, str]
) -> None:
    client = instance.compute_log_manager._s3_session  # ty: ignore[missing-attribute]
    keys = client._request_signer._credentials
    assert client.meta.endpoint_url == environment["SHOPFLOW_S3_ENDPOINT"]
    assert client.meta.region_name == environment["SHOPFLOW_S3_REGION"]
    assert keys.access_key == environment["SHOPFLOW_DAGSTER_S3_ACCESS_KEY"]
    assert keys.secret_key == environment["SHOPFLOW_DAGSTER_S3_SECRET_KEY"]


def test_a_run_ends_well_and_soon_when_minio_is_away_and_its_output_stays(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    @dg.op
    def speak() -> None:
        print("a word")  # noqa: T201

    @dg.job(executor_def=dg.in_process_executor)
    def talk() -> None:
        speak()

    started = time.monotonic()
    assert talk.execute_in_process(instance=instance).success
    assert time.monotonic() - started < 20
    kept = [file.read_text() for file in (tmp_path / "dagster" / "storage").rglob("*.out")]
    assert kept == ["a word\n"]
