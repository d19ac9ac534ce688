"""Files on their way into the lake lie in the home, and for no longer than they are needed."""

import errno
from pathlib import Path

import pytest

from local_stack.home import Home
from shopflow_assets.errors import DiskFullError
from shopflow_assets.sources.scratch import scratch_folder


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_scratch_folder_is_in_the_home_and_gone_afterwards(home: Home) -> None:
    with scratch_folder(home.path) as folder, scratch_folder(home.path) as other:
        assert folder != other
        assert home.path in folder.parents
        (folder / "lines").write_text("{}")
    assert not folder.exists()


def test_what_a_killed_landing_left_is_deleted(home: Home) -> None:
    with scratch_folder(home.path) as folder:
        pass
    folder.mkdir()
    home.empty_scratch()
    assert not folder.exists()
    with scratch_folder(home.path) as another:
        assert another.exists()


def test_a_landing_that_fills_the_disk_says_so_though_its_folder_is_gone(home: Home) -> None:
    full = rf"{home.path / 'scratch'} has no room.* Make room"
    with pytest.raises(DiskFullError, match=full), scratch_folder(home.path):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_another_error_of_a_landing_stays_what_it_is(home: Home) -> None:
    with pytest.raises(PermissionError), scratch_folder(home.path):
        raise PermissionError(errno.EACCES, "Permission denied")
