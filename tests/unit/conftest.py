"""What unit tests share: the settings that the pipeline reads, and dbt's manifest, made without engines."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

ENVIRONMENT = {
    "SHOPFLOW_S3_ENDPOINT": "http://127.0.0.1:9",
    "SHOPFLOW_DAGSTER_S3_ACCESS_KEY": "dagster",
    "SHOPFLOW_DAGSTER_S3_SECRET_KEY": "not-a-secret",
    "SHOPFLOW_SPARK_REMOTE": "sc://127.0.0.1:9",
    "SHOPFLOW_POSTGRES_PORT": "9",
    "SHOPFLOW_DAGSTER_DB_PASSWORD": "not-a-secret",
    "SHOPFLOW_OLTP_URL": "postgresql://shop_stream:not-a-secret@127.0.0.1:9/shop",
    "SHOPFLOW_TRINO_HOST": "127.0.0.1",
    "SHOPFLOW_TRINO_PORT": "9",
}


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The pipeline's environment with a home that holds nothing but dbt's manifest; yields the home."""
    home = tmp_path_factory.mktemp("home")
    project = Path(__file__).parents[2] / "dbt_gold"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**ENVIRONMENT, "SHOPFLOW_HOME": str(home)}.items():
            patch.setenv(name, value)
        folders = ["--project-dir", str(project), "--profiles-dir", str(project)]
        target = ["--target-path", str(home / "dbt" / "target"), "--log-path", str(home / "dbt" / "logs")]
        # A process of its own: dbt's own warnings are not ours to turn into errors.
        subprocess.run([Path(sys.executable).with_name("dbt"), "parse", *folders, *target], check=True)
        yield home


@pytest.fixture(scope="session")
def definitions(pipeline: Path) -> dg.Definitions:
    from shopflow_assets.definitions import defs

    return defs


@pytest.fixture(scope="session")
def models(pipeline: Path) -> list[dict[str, Any]]:
    """What dbt has of every gold table and view."""
    manifest = json.loads((pipeline / "dbt" / "target" / "manifest.json").read_text())
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
