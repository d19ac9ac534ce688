"""A PostgreSQL server of a test's own: to stop it, to crash it, and to set it back."""

import os
import shutil
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from local_stack.engines.fetch import fetch
from local_stack.home import cache
from local_stack.services.ports import next_free
from local_stack.services.privileges import own, unprivileged
from tests.harness.stack import eventually

# Segments of the log are small, so that a slot is lost after little of it.
SETTINGS = {
    "wal_level": "logical",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "min_wal_size": "2MB",
    "max_slot_wal_keep_size": "4MB",
    "max_prepared_transactions": "2",
    "shared_buffers": "16MB",
    "timezone": "Asia/Tokyo",
}


@dataclass
class OwnServer:
    """The server, with its data in a folder."""

    folder: Path
    programs: Path
    port: int = field(default_factory=lambda: next_free(55432, ()))
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        """Its address, with a slash at the end."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/"

    def start(self) -> None:
        options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        self.process = self._run("postgres", "-p", f"{self.port}", *options)
        eventually(self._answers, every=0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it, at once (SIGINT) or as in a crash (SIGQUIT)."""
        assert self.process
        if self.process.poll() is None:
            os.kill(self.process.pid, how)
        self.process.wait(30)

    @contextmanager
    def set_back_afterwards(self) -> Generator[None]:
        """Restart the server, and afterwards restart it with the data that it has now."""
        copy = self.folder / "copy"
        self.stop()
        subprocess.run(["cp", "-a", self.data, copy], check=True)
        self.start()
        yield
        self.stop()
        shutil.rmtree(self.data)
        copy.rename(self.data)
        self.start()

    def make(self) -> None:
        self.data.mkdir()
        own(self.data)
        done = self._run(
            "initdb", "-U", "postgres", "-A", "trust", "--no-sync", "--wal-segsize=1", "--locale=C.UTF-8"
        )
        assert done.wait(60) == 0

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        before = unprivileged(self.programs, self.data)
        command = [*before, str(self.programs / "bin" / program), "-D", str(self.data), *arguments]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(command, cwd="/", stdout=log, stderr=log)

    def _answers(self) -> None:
        try:
            psycopg.connect(f"{self.url}postgres").close()
        except psycopg.OperationalError as error:
            raise AssertionError from error


@contextmanager
def own_server(folder: Path) -> Generator[OwnServer]:
    """A new server that runs."""
    from rich.console import Console

    programs: dict[str, Any] = fetch(cache(), Console(), ["postgres"])
    server = OwnServer(folder, programs["postgres"])
    server.make()
    server.start()
    try:
        with psycopg.connect(f"{server.url}postgres", autocommit=True) as connection:
            connection.execute("create role shop_stream; create role shop_watermark")
        yield server
    finally:
        server.stop(signal.SIGQUIT)
