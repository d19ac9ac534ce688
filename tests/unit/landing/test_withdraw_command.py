"""`shopflow withdraw` without the engines."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_stack.home import Home
from local_stack.settings import Settings

DATABASE = "The domain shop is read from a database, so there is no file to withdraw"


@pytest.mark.parametrize(
    ("options", "says"),
    [([], "MinIO does not answer"), (["--domain", "shop"], DATABASE)],
    ids=["inbox", "database"],
)
def test_what_keeps_a_file_from_being_withdrawn_is_one_message(
    tmp_path: Path, options: list[str], says: str
) -> None:
    home = Home(tmp_path / "home")
    home.claim()
    # Nothing listens on these ports, and no other stack has them.
    ports = {name: 9 for name in Settings.model_fields if name.endswith("_port")}
    Settings.load(home.env_file).model_copy(update=ports).save(home.env_file)
    # In a process of its own: the command sets environment variables, and the pipeline reads them once.
    command = [sys.executable, "-c", "from shopflow_cli.cli import main; main()", "withdraw", "2026-01-01"]
    environment = {**os.environ, "SHOPFLOW_HOME": str(home.path)}
    done = subprocess.run([*command, *options], env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
