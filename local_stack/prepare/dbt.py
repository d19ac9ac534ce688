"""Calls dbt in a process of its own, outside of Dagster's runs."""

import subprocess
import sys
from pathlib import Path

from local_stack.environments import base_environment, dbt_environment
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
    done = subprocess.run(
        [command, "--no-use-colors", *arguments],
        env=base_environment(home) | dbt_environment(home, settings),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        end = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
        raise DbtCommandError(f"`dbt {' '.join(arguments)}` failed:\n{end}")
    return done.stdout
