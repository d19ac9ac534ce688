"""Files on their way into the lake lie in the home, and for no longer than they are needed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_stack.home import Home
from shopflow_assets.settings import settings
from shopflow_assets.sources.scratch import scratch_folder
from tests.unit.conftest import ENVIRONMENT


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    for name, value in (ENVIRONMENT | {"SHOPFLOW_HOME": str(tmp_path)}).items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield Home(tmp_path)
    settings.cache_clear()


def test_a_scratch_folder_is_in_the_home_and_gone_afterwards(home: Home) -> None:
    with scratch_folder() as folder, scratch_folder() as other:
        assert folder != other
        assert home.path in folder.parents
        (folder / "lines").write_text("{}")
    assert not folder.exists()


def test_what_a_killed_landing_left_is_deleted(home: Home) -> None:
    with scratch_folder() as folder:
        pass
    folder.mkdir()
    home.empty_scratch()
    assert not folder.exists()
    with scratch_folder() as another:
        assert another.exists()
