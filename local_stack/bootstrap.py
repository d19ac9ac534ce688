"""Make `.venv` from `requirements.lock`, with nothing but Python's standard library.

Run by make with whatever Python the machine has: `python3 local_stack/bootstrap.py`. It must work before any
package is installed, so nothing here imports the rest of ShopFlow; and it must
load on an old Python, to say that it is old.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Generator, NoReturn

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
LOCK = CHECKOUT / "requirements.lock"
UV_PIN = CHECKOUT / "infra" / "uv" / "wheel.txt"
STAMP = VENV / ".synced"
OLDEST, NEWEST = (3, 11), (3, 13)

COMMAND = """#!{python}
from shopflow_cli.cli import main

main()
"""

NO_UV = """uv could not be installed, because {python} has neither a working pip nor venv:
{output}
Install one of these, then run the same command again:
  - uv itself, so that `uv` is on PATH
  - pip or venv for this Python (on Debian and Ubuntu: apt install python3-pip, or python3-venv)"""


def main() -> None:
    """Sync the environment, unless it is already what the lock says."""
    python = suitable_python()
    with locked(VENV.with_name(".venv.lock")):
        if not is_synced():
            sync(python)


def suitable_python() -> str:
    """The path of a Python that ShopFlow supports: this one, or a versioned one on PATH."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    return fail(
        f"it needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}, and no other is on PATH."
    )


def is_synced() -> bool:
    """Whether the last sync ended, with this lock and in this place."""
    return STAMP.exists() and STAMP.read_text() == wanted() and (VENV / "bin" / "python").exists()


def wanted() -> str:
    """What a finished environment is stamped with."""
    return f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} {VENV}\n"


def sync(python: str) -> None:
    """Bring `.venv` to the lock; what an interrupted sync has installed already is kept."""
    uv = find_uv(python)
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(VENV)}
    STAMP.unlink(missing_ok=True)
    if not works(VENV / "bin" / "python"):
        subprocess.run(
            [uv, "venv", "--quiet", "--clear", "--python", python, VENV], check=True, env=environment
        )
    say("installing the locked packages into .venv")
    subprocess.run([uv, "pip", "sync", "--require-hashes", LOCK], check=True, env=environment, cwd=CHECKOUT)
    install_command()
    STAMP.write_text(wanted())


def works(python: Path) -> bool:
    """Whether an environment's Python is there and starts; not so once the system's Python was replaced."""
    return python.exists() and not attempt([python, "-c", ""])


def install_command() -> None:
    """Put the code on the environment's path, and the `shopflow` command beside its Python.

    By hand: an editable install would need a build tool, and leave what it generates in the checkout.
    """
    (site_packages,) = (VENV / "lib").glob("python3.*/site-packages")
    (site_packages / "shopflow.pth").write_text(f"{CHECKOUT}\n")
    command = VENV / "bin" / "shopflow"
    command.write_text(COMMAND.format(python=VENV / "bin" / "python"))
    command.chmod(0o755)


def find_uv(python: str) -> str:
    """The uv on PATH, or the pinned one in the cache, fetched there by pip if need be."""
    found = shutil.which("uv")
    if found:
        return found
    cache = (
        Path(os.environ.get("SHOPFLOW_CACHE") or Path.home() / ".cache" / "shopflow").expanduser().absolute()
    )
    version = UV_PIN.read_text().split()[0].removeprefix("uv==")
    entry = cache / f"uv-{version}"
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / f".uv-{version}.lock"):
        if not (entry / "bin" / "uv").exists():
            with tempfile.TemporaryDirectory(prefix=f".making-uv-{version}-", dir=cache) as making:
                fetch_uv(python, Path(making))
                (Path(making) / "uv").replace(entry)
    return str(entry / "bin" / "uv")


def fetch_uv(python: str, making: Path) -> None:
    """Install uv's wheel into `making/uv` by the system's pip, else by that of a new environment.

    With --target, pip installs beside a system that manages its own packages (PEP 668).
    """
    say("fetching uv")
    target = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:",
              "--require-hashes", "--target", making / "uv", "-r", UV_PIN]  # fmt: skip
    first = attempt([python, "-m", "pip", *target])
    if first:
        second = attempt([python, "-m", "venv", making / "venv"])
        second = second or attempt([making / "venv" / "bin" / "python", "-m", "pip", *target])
        if second:
            fail(NO_UV.format(python=python, output=f"{first}\n{second}"))


def attempt(command: list) -> str:
    """Run a command; returns the end of its output when it fails, else nothing."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return "" if done.returncode == 0 else "\n".join(done.stdout.splitlines()[-5:]) or "it failed"


@contextlib.contextmanager
def locked(path: Path) -> Generator[None]:
    """Let one process at a time do this; the system frees the lock when the process ends."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def say(message: str) -> None:
    """Tell the person at the terminal what takes time."""
    sys.stderr.write(f"shopflow: {message}\n")


def fail(message: str) -> NoReturn:
    """End with one clear message."""
    sys.exit(f"shopflow: {message}")


if __name__ == "__main__":
    main()
