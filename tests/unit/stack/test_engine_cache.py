"""The cache of engines: an entry is complete, or it does not exist."""

import hashlib
import threading
from pathlib import Path

import pytest
from rich.console import Console

from local_stack.engines.cache import ensure
from local_stack.engines.fetch import fetch
from local_stack.engines.ivy import verify
from local_stack.errors import FetchError


def entries(cache: Path) -> set[str]:
    return {entry.name for entry in cache.iterdir()} - {".locks"}


def test_an_engine_is_made_once(tmp_path: Path) -> None:
    made: list[Path] = []
    for _ in range(2):
        assert ensure(tmp_path, "engine-1", made.append) == tmp_path / "engine-1"
    assert len(made) == 1


def test_a_failed_making_leaves_nothing(tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise FetchError("the network went away")

    with pytest.raises(FetchError):
        ensure(tmp_path, "engine-1", make)
    assert entries(tmp_path) == set()


def test_what_a_killed_process_left_is_not_used_but_removed(tmp_path: Path) -> None:
    (tmp_path / ".making-engine-1-abc").mkdir()
    ensure(tmp_path, "engine-1", lambda folder: (folder / "whole").touch())
    assert entries(tmp_path) == {"engine-1"}
    assert (tmp_path / "engine-1" / "whole").exists()


def test_two_at_once_make_it_once(tmp_path: Path) -> None:
    made: list[Path] = []
    begun = threading.Event()

    def make(folder: Path) -> None:
        begun.set()
        made.append(folder)

    threads = [threading.Thread(target=ensure, args=(tmp_path, "engine-1", make)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert begun.is_set()
    assert len(made) == 1


def sums(folder: Path, **contents: bytes) -> Path:
    file = folder / "sums"
    file.write_text(
        "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in contents.items())
    )
    return file


@pytest.fixture
def jars(tmp_path: Path) -> Path:
    folder = tmp_path / "jars"
    folder.mkdir()
    (folder / "a").write_bytes(b"a")
    return folder


def test_files_with_the_right_checksum_pass(tmp_path: Path, jars: Path) -> None:
    verify(jars, sums(tmp_path, a=b"a"))


@pytest.mark.parametrize("expected", [{"a": b"other"}, {"a": b"a", "missing": b"b"}, {}])
def test_a_wrong_missing_or_surplus_file_is_refused(
    tmp_path: Path, jars: Path, expected: dict[str, bytes]
) -> None:
    with pytest.raises(FetchError):
        verify(jars, sums(tmp_path, **expected))


def test_an_engine_of_an_unknown_name_is_refused_with_the_names_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"sparkjars; there are: .*spark_jars"):
        fetch(tmp_path / "cache", Console(), ["sparkjars"])
