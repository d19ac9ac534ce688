"""A running stack as the tests use it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from local_stack.home import Home
from local_stack.settings import Settings

SHOPFLOW = Path(sys.executable).parent / "shopflow"


@dataclass(frozen=True)
class Stack:
    """A running stack, and the command to use it."""

    home: Home

    @property
    def settings(self) -> Settings:
        """Ports and secrets."""
        return self.home.settings()

    def shopflow(self, *arguments: str, check: bool = True, timeout: float = 600) -> str:
        """Run a `shopflow` command in this home; returns what it printed, fails the test when it fails."""
        done = self.attempt(*arguments, timeout=timeout)
        if check and done.returncode:
            pytest.fail(
                f"shopflow {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    def attempt(self, *arguments: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """Run a `shopflow` command in this home, whatever its exit status."""
        return subprocess.run(**self.command(*arguments), capture_output=True, check=False, timeout=timeout)

    def command(self, *arguments: str) -> dict[str, Any]:
        """How a `shopflow` command in this home is started."""
        env = {**os.environ, "SHOPFLOW_HOME": str(self.home.path), "COLUMNS": "200"}
        return {"args": [SHOPFLOW, *arguments], "env": env, "text": True}

    def status(self) -> dict[str, dict[str, Any]]:
        """What `shopflow status --json` says, by service."""
        return {line["service"]: line for line in json.loads(self.shopflow("status", "--json", check=False))}


def eventually(condition: Callable[[], None], seconds: float = 60) -> None:
    """Call until no assertion fails; raises the last failure at the deadline."""
    retry(
        retry=retry_if_exception_type(AssertionError),
        stop=stop_after_delay(seconds),
        wait=wait_fixed(0.5),
        reraise=True,
    )(condition)()
