"""Calls dbt in a process of its own, outside of Dagster's runs."""

import os
import subprocess
import sys
from pathlib import Path

from local_stack.environments import dbt_environment
from local_stack.errors import DbtCommandError
from local_stack.home import CHECKOUT, Home
from local_stack.settings import Settings

PROJECT = CHECKOUT / "dbt_gold"


def dbt(home: Home, settings: Settings, *arguments: str) -> str:
    """Call dbt on the project and return what it printed.

    Raises:
        DbtCommandError: it failed; the message has the end of its output.
    """
    command = Path(sys.executable).parent / "dbt"
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home.path), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [command, "--no-use-colors", *arguments],
        env=environment | dbt_environment(home, settings),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        end = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
        raise DbtCommandError(f"`dbt {' '.join(arguments)}` failed:\n{end}")
    return done.stdout
