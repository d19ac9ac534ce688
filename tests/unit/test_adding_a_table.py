"""docs/adding_a_table.md, followed to the letter on a copy of the code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.adding_a_table import blocks
from tests.harness.checkout import ROOMS, copy_code, make_sources
from tests.unit.conftest import ENVIRONMENT

MOST_LINES = 80
LOOK = """
import json
from shopflow_assets.definitions import defs
graph = defs.resolve_asset_graph()
print(json.dumps({
    "assets": [key.to_user_string() for key in graph.materializable_asset_keys],
    "checks": [key.to_user_string() for key in graph.asset_check_keys],
}))
"""


def follow(folder: Path) -> None:
    """Do what the page says; a diff must fit in one place."""
    for file, language, text in blocks():
        path = folder / file
        if language != "diff":
            assert not path.exists(), file
            path.write_text(text)
            continue
        lines = text.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if not line.startswith("+"))
        after = "".join(line[1:] for line in lines if not line.startswith("-"))
        assert path.read_text().count(before) == 1, text
        path.write_text(path.read_text().replace(before, after))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("copy")
    copy_code(found)
    follow(found)
    return found


def run(folder: Path, *command: str) -> str:
    """Run something in the copy, with a home that has dbt's manifest of it."""
    places = {"SHOPFLOW_HOME": str(folder / "home"), "PYTHONPATH": str(folder)}
    environment = {**os.environ, **ENVIRONMENT, **places}
    done = subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_takes_eighty_lines_at_most() -> None:
    lines = 0
    for _, language, text in blocks():
        written = text.splitlines()
        lines += sum(line.startswith("+") for line in written) if language == "diff" else len(written)
    assert lines <= MOST_LINES


def test_the_table_is_there_with_all_its_steps_and_checks(folder: Path) -> None:
    python, target = sys.executable, str(folder / "home" / "dbt" / "target")
    make_sources(folder)
    dbt = [
        str(Path(python).with_name("dbt")),
        "parse",
        "--project-dir",
        "dbt_gold",
        "--profiles-dir",
        "dbt_gold",
    ]
    run(folder, *dbt, "--target-path", target, "--log-path", target)
    found = json.loads(run(folder, python, "-c", LOOK).splitlines()[-1])
    layers = {f"{layer}/ecommerce/returns" for layer in ("bronze", "silver", "gold")}
    assert layers <= set(found["assets"])
    checks = {check.partition(":")[0]: [] for check in found["checks"]}
    for check in found["checks"]:
        asset, _, name = check.partition(":")
        checks[asset].append(name)
    assert set(checks["bronze/ecommerce/returns"]) == {"landed", "freshness", "volume"}
    assert "contract" in checks["silver/ecommerce/returns"]
    assert set(checks["gold/ecommerce/returns"]) == {"returns_key_is_unique", "reconciliation"}


def test_the_page_edits_no_list_but_the_declaration() -> None:
    edited = {file for file, language, _ in blocks() if language == "diff"}
    assert edited == {"shopflow_assets/domains/ecommerce.py"}
    assert all(file.split("/")[0] in ROOMS for file, _, _ in blocks())
