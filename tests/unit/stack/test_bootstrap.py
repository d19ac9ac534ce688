"""The bootstrap makes `.venv` once, and again when the lock or the place changed; uv is a stand-in here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local_stack.home import CHECKOUT

COPIED = ("local_stack/bootstrap.py", "infra/uv/wheel.txt", "requirements.lock")
# It notes what it is called for, and makes an environment of which only the Python is real.
UV = f"""#!/bin/sh
for target; do :; done
if [ "$1" = venv ]; then
    rm -rf "$target"
    mkdir -p "$target/bin" "$target/lib/python3.11/site-packages"
    ln -s {sys.executable} "$target/bin/python"
fi
echo "$1" >> "$UV_CALLS"
[ ! -e "$UV_CALLS.fails" ]
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in COPIED:
        (tmp_path / "one" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, tmp_path / "one" / name)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "uv").write_text(UV)
    (tmp_path / "bin" / "uv").chmod(0o755)
    return tmp_path / "one"


def start(checkout: Path) -> subprocess.Popen[str]:
    folder = checkout.parent
    env = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "UV_CALLS": str(folder / "calls")}
    command = [sys.executable, checkout / "local_stack" / "bootstrap.py"]
    return subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)


def calls(checkout: Path) -> list[str]:
    """What uv was called for by one more run of the bootstrap."""
    noted = checkout.parent / "calls"
    noted.write_text("")
    start(checkout).communicate()
    return noted.read_text().split()


def test_a_second_run_changes_nothing(checkout: Path) -> None:
    assert calls(checkout) == ["venv", "pip"]
    assert calls(checkout) == []
    assert os.access(checkout / ".venv" / "bin" / "shopflow", os.X_OK)


def test_a_changed_lock_is_synced_into_the_same_environment(checkout: Path) -> None:
    calls(checkout)
    (checkout / "requirements.lock").write_text("")
    assert calls(checkout) == ["pip"]


def test_a_moved_checkout_gets_a_new_environment(checkout: Path) -> None:
    calls(checkout)
    moved = checkout.rename(checkout.with_name("two"))
    assert calls(moved) == ["venv", "pip"]
    assert str(moved) in (moved / ".venv" / "bin" / "shopflow").read_text()


def test_an_interrupted_sync_goes_on(checkout: Path) -> None:
    fails = checkout.parent / "calls.fails"
    calls(checkout)
    (checkout / "requirements.lock").write_text("")
    fails.touch()
    assert calls(checkout) == ["pip"]
    fails.unlink()
    assert calls(checkout) == ["pip"]
    assert calls(checkout) == []


def test_an_environment_without_a_working_python_is_made_again(checkout: Path) -> None:
    calls(checkout)
    (checkout / "requirements.lock").write_text("")
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(checkout / "gone")
    assert calls(checkout) == ["venv", "pip"]


def test_two_at_once_make_one_environment(checkout: Path) -> None:
    both = [start(checkout), start(checkout)]
    assert [process.communicate() and process.returncode for process in both] == [0, 0]
    assert (checkout.parent / "calls").read_text().split() == ["venv", "pip"]
