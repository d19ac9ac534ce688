"""Which room may import which, and that the derived files are what their sources say."""

import ast
import json
from pathlib import Path

import pytest

from shopflow_assets.descriptions.data_dictionary import FILE, data_dictionary
from shopflow_assets.descriptions.dbt_sources import SOURCES_FILE, sources_yaml

ROOT = Path(__file__).parents[2]
ROOMS = {"shopflow_cli", "local_stack", "shopflow_assets", "shop_simulator", "spark_jobs"}
MAY_IMPORT = {
    "shopflow_cli": {"local_stack", "shopflow_assets", "shop_simulator", "spark_jobs"},
    "local_stack": {"shopflow_assets", "spark_jobs"},
    "shopflow_assets": {"spark_jobs"},
    "shop_simulator": set(),
    "spark_jobs": set(),
}
FORBIDDEN = {
    "spark_jobs": {"dagster"},
    "spark_jobs/contracts": {"dagster", "pyspark"},
    "shop_simulator": {"dagster", "pyspark"},
}


def _imported(folder: Path) -> set[str]:
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    assert _imported(ROOT / room) & (ROOMS - {room}) <= MAY_IMPORT[room]


@pytest.mark.parametrize("folder", sorted(FORBIDDEN))
def test_a_room_knows_nothing_of_engines_that_are_not_its_own(folder: str) -> None:
    assert not _imported(ROOT / folder) & FORBIDDEN[folder]


def test_dbt_sources_are_what_the_contracts_say() -> None:
    assert SOURCES_FILE.read_text() == sources_yaml(), "run `make sources`"


def test_the_data_dictionary_is_what_the_contracts_and_dbt_say(pipeline: Path) -> None:
    manifest = json.loads((pipeline / "dbt" / "target" / "manifest.json").read_text())
    assert FILE.read_text() == data_dictionary(manifest), "run `make docs`"
