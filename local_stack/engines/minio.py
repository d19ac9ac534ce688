"""Builds MinIO from its Go module, because its last versions are published as source only."""

import re
import shutil
from pathlib import Path

from local_stack.engines import cache, commands, wheels
from local_stack.home import INFRA

# The oldest Go that MinIO's go.mod accepts.
_OLDEST_GO = (1, 24)


def minio(folder: Path) -> Path:
    """The MinIO program."""
    version = (INFRA / "minio" / "version").read_text().strip()

    def make(target: Path) -> None:
        _build(folder, version, target)
        commands.first_line([target / "minio", "--version"])

    return cache.ensure(folder, f"minio-{version}", make) / "minio"


def _go(folder: Path) -> Path:
    """The Go on PATH if it is new enough, else the one of the wheel."""
    on_path = shutil.which("go")
    if on_path:
        numbers = re.search(r"go(\d+)\.(\d+)", commands.first_line([on_path, "version"]))
        if numbers and (int(numbers[1]), int(numbers[2])) >= _OLDEST_GO:
            return Path(on_path)
    return wheels.go(folder)


@commands.three_tries
def _build(folder: Path, version: str, target: Path) -> None:
    # Kept until the build has succeeded, so that an interrupted build continues.
    building = folder / "minio-building"
    commands.run(
        [_go(folder), "install", "-trimpath", "-ldflags=-s -w", f"github.com/minio/minio@{version}"],
        log=folder / "logs" / "minio.log",
        env={
            "GOBIN": str(target),
            "GOPATH": str(building / "path"),
            "GOCACHE": str(building / "cache"),
            "GOFLAGS": "-modcacherw",
            "GOTOOLCHAIN": "local",
            "CGO_ENABLED": "0",
        },
    )
    shutil.rmtree(building, ignore_errors=True)
