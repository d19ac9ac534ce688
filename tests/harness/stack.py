"""A running stack as the tests use it."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import boto3
import psutil
import pytest
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from local_stack.home import CHECKOUT, Home
from local_stack.services.home_processes import leftovers
from local_stack.settings import Settings
from tests.harness.checkout import lay_out
from tests.harness.commands import forked_commands

T = TypeVar("T")
SHOPFLOW = Path(sys.executable).parent / "shopflow"
STARTS_PROCESSES = {"up", "down"}


@dataclass(frozen=True)
class Stack:
    """A running stack, and the command to use it; `checkout` holds the code that it runs."""

    home: Home
    checkout: Path = CHECKOUT

    @classmethod
    def in_folder(cls, folder: Path) -> "Stack":
        """The stack of the tests: code with the tests' own domain in it, and a home."""
        lay_out(folder / "checkout")
        return cls(Home(folder / "home"), folder / "checkout")

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
        if arguments[0] in STARTS_PROCESSES:
            command = self.command(*arguments)
            return subprocess.run(**command, capture_output=True, check=False, timeout=timeout)
        return forked_commands.run(self.checkout, self._environment(), *arguments, timeout=timeout)

    def command(self, *arguments: str) -> dict[str, Any]:
        """Arguments for subprocess to start a `shopflow` command in this home."""
        return {"args": [SHOPFLOW, *arguments], "env": self._environment(), "text": True}

    def _environment(self) -> dict[str, str]:
        env = {**os.environ, "SHOPFLOW_HOME": str(self.home.path), "COLUMNS": "200"}
        # The code of the copy comes before that of the checkout to which the command belongs.
        return env | {"PYTHONPATH": str(self.checkout)}

    def status(self) -> dict[str, dict[str, Any]]:
        """What `shopflow status --json` says, by service."""
        return {line["service"]: line for line in json.loads(self.shopflow("status", "--json", check=False))}

    def s3(self, engine: str = "owner") -> Any:
        """An S3 client with the rights of one engine or of the owner."""
        settings = self.settings
        names = ("minio_root_user", "minio_root_password") if engine == "owner" else (
            f"{engine}_s3_access_key", f"{engine}_s3_secret_key"
        )  # fmt: skip
        return boto3.client(
            "s3",
            endpoint_url=settings.s3_endpoint,
            region_name=settings.s3_region,
            aws_access_key_id=getattr(settings, names[0]),
            aws_secret_access_key=getattr(settings, names[1]).get_secret_value(),
        )

    def of_every_process(self, read: Callable[[psutil.Process], T]) -> list[T]:
        """Read something of every process of this home, also of children that hide their environment.

        A process that ends meanwhile is left out.
        """
        values, processes = [], set(leftovers(self.home))
        for process in list(processes):
            with contextlib.suppress(psutil.NoSuchProcess):
                processes |= set(process.children(recursive=True))
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                values.append(read(process))
        return values

    def resident_bytes(self) -> int:
        """Memory of all processes."""
        return sum(size for size, _ in self.resident())

    def resident(self) -> list[tuple[int, str]]:
        """Bytes and name of every process. Sizes are proportional: PostgreSQL's processes share memory."""
        return self.of_every_process(lambda process: (process.memory_full_info().pss, process.name()))


def eventually(condition: Callable[[], None], seconds: float = 60, every: float = 0.5) -> None:
    """Call until no assertion fails; at the deadline raises the last failure."""
    retry(
        retry=retry_if_exception_type(AssertionError),
        stop=stop_after_delay(seconds),
        wait=wait_fixed(every),
        reraise=True,
    )(condition)()
