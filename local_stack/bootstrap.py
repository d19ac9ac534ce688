"""Make `.venv` from `requirements.lock`, with nothing but Python's standard library.

`make` runs it with the Python that the machine has, before any package is installed. So nothing here imports
the rest of ShopFlow, and the file must load on an old Python, to say that it is too old.

It is Python and not a few lines of the Makefile, because one lock has to cover the environment, the code's
path and the command: two `make` at once must not write them at the same time, and make has no locks.
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
PYTHON = VENV / "bin" / "python"
LOCK = CHECKOUT / "requirements.lock"
STAMP = VENV / ".synced"
UV_PIN = CHECKOUT / "infra" / "uv" / "wheel.txt"

COMMAND = f"""#!{PYTHON}
from shopflow_cli.cli import main

main()
"""
WRONG_PYTHON = "it needs Python 3.11, 3.12 or 3.13. This is {version}, and PATH has no other that works."
NO_UV = """uv could not be installed, because {python} has neither a working pip nor venv:
{output}
Install one of these, then run the same command again:
  - uv itself, so that `uv` is on PATH
  - pip or venv for this Python (on Debian and Ubuntu: apt install python3-pip, or python3-venv)"""


def main() -> None:
    """Bring `.venv` to the lock, unless the last run has done so already."""
    python = suitable_python()
    with locked(CHECKOUT / ".venv.lock"):
        finished = f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} {VENV.resolve()}\n"
        if not (STAMP.exists() and STAMP.read_text() == finished and PYTHON.exists()):
            sync(find_uv(python), python)
            STAMP.write_text(finished)


def suitable_python() -> str:
    """The path of a Python that ShopFlow supports: this one, or another on PATH."""
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return sys.executable
    for name in ("python3.13", "python3.12", "python3.11"):
        found = shutil.which(name)
        if found and works(found):
            return found
    return fail(WRONG_PYTHON.format(version=sys.version.split()[0]))


def sync(uv: str, python: str) -> None:
    """Install the locked packages, the code's path and the command; goes on where a killed run stopped.

    A new environment is made when there is none that works, or when the checkout was moved: the scripts in
    an environment name the place where it was made.
    """
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(VENV)}
    place = STAMP.read_text().partition(" ")[2].strip() if STAMP.exists() else ""
    if place != str(VENV.resolve()) or not works(PYTHON):
        create = [uv, "venv", "--quiet", "--clear", "--python", python, VENV]
        subprocess.run(create, check=True, env=environment)
    STAMP.write_text(f"unfinished {VENV.resolve()}\n")
    say("installing the locked packages into .venv")
    subprocess.run([uv, "pip", "sync", "--require-hashes", LOCK], check=True, env=environment, cwd=CHECKOUT)
    # An editable install would need a build tool, and would leave what it generates in the checkout.
    (site_packages,) = (VENV / "lib").glob("python3.*/site-packages")
    (site_packages / "shopflow.pth").write_text(f"{CHECKOUT}\n")
    command = VENV / "bin" / "shopflow"
    command.write_text(COMMAND)
    command.chmod(0o755)


def find_uv(python: str) -> str:
    """The uv on PATH, or the pinned one in the cache, which is fetched if it is not there."""
    found = shutil.which("uv")
    if found:
        return found
    cache = Path(os.environ.get("SHOPFLOW_CACHE") or "~/.cache/shopflow").expanduser().absolute()
    version = UV_PIN.read_text().split()[0].replace("uv==", "")
    entry = cache / f"uv-{version}"
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / f".uv-{version}.lock"):
        if not (entry / "bin" / "uv").exists():
            with tempfile.TemporaryDirectory(prefix=f".making-uv-{version}-", dir=cache) as folder:
                fetch_uv(python, Path(folder))
                (Path(folder) / "uv").replace(entry)
    return str(entry / "bin" / "uv")


def fetch_uv(python: str, folder: Path) -> None:
    """Install uv's wheel into `folder/uv`, by this Python's pip or else by that of a new environment.

    With --target, pip also works on a system that manages its own packages (PEP 668).
    """
    say("fetching uv")
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
               "--no-deps", "--only-binary=:all:", "--target", folder / "uv", "-r", UV_PIN]  # fmt: skip
    no_pip = run([python, *install])
    if no_pip:
        no_venv = run([python, "-m", "venv", folder / "venv"])
        no_venv = no_venv or run([folder / "venv" / "bin" / "python", *install])
        if no_venv:
            fail(NO_UV.format(python=python, output=f"{no_pip}\n{no_venv}"))


def works(python: str | Path) -> bool:
    """Whether a Python starts; that of an environment does not once the system's Python was replaced."""
    return shutil.which(str(python)) is not None and not run([python, "-c", ""])


def run(command: list) -> str:
    """Run a command; returns the end of its output when it fails, else an empty text."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return "" if done.returncode == 0 else "\n".join(done.stdout.splitlines()[-5:]) or "it failed"


@contextlib.contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold a lock that one process can have; the system frees it when the process ends."""
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
