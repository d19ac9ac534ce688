"""A copy of the code with the tests' own domain: two small tables, whose runs take seconds.

The copy is like a checkout to which somebody has added a domain.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local_stack.home import CHECKOUT
from shopflow_assets.descriptions.dbt_sources import SOURCES_FILE

DOMAIN = Path(__file__).parents[1] / "platform" / "post_domain"
ROOMS = (
    "local_stack",
    "shopflow_cli",
    "shop_simulator",
    "shopflow_assets",
    "spark_jobs",
    "dbt_gold",
    "infra",
)
ALONE = ("requirements.lock", "workspace.yaml")
POSTGRES_OPTIONS = Path("infra/postgres/postgresql.conf")


def lay_out(target: Path) -> None:
    """Make the copy, or bring it up to date; an unchanged file keeps its modification time."""
    files = _code()
    sources = SOURCES_FILE.relative_to(CHECKOUT)
    if (target / sources).exists():
        # It is made below, from the contracts of the copy.
        del files[sources]
    for path in _files(DOMAIN):
        files[path.relative_to(DOMAIN)] = path.read_bytes()
    # Tests kill processes, which loses nothing by this; they cut no power.
    files[POSTGRES_OPTIONS] += b"fsync = off\n"
    _write(files, target)
    for room in ROOMS:
        for stale in {path.relative_to(target) for path in _files(target / room)} - files.keys() - {sources}:
            (target / stale).unlink()
    make_sources(target)


def copy_code(target: Path) -> None:
    """Copy the code into an empty folder, without the tests' domain."""
    _write(_code(), target)


def make_sources(target: Path) -> None:
    """Write dbt's view of the silver tables of a copy, as `make sources` does in a checkout."""
    make = [sys.executable, "-m", "shopflow_assets.descriptions.dbt_sources"]
    subprocess.run(make, check=True, cwd=target, env={**os.environ, "PYTHONPATH": str(target)})


def _code() -> dict[Path, bytes]:
    files = {path.relative_to(CHECKOUT): path.read_bytes() for path in map(CHECKOUT.joinpath, ALONE)}
    for room in ROOMS:
        files |= {path.relative_to(CHECKOUT): path.read_bytes() for path in _files(CHECKOUT / room)}
    return files


def _write(files: Mapping[Path, bytes], target: Path) -> None:
    for place, content in files.items():
        file = target / place
        if not file.exists() or file.read_bytes() != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            file.chmod(0o755 if content.startswith(b"#!") else 0o644)


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
