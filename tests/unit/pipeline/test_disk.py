"""A step needs room on every disk of the home, and says so instead of an engine's error."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from shopflow_assets import disk
from shopflow_assets.errors import BadDaysError, DiskFullError, StoreError


class Usage(NamedTuple):
    total: int
    free: int


@pytest.fixture
def leave(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Make all disks 100 GB large, with so many GB free."""

    def gigabytes(free: float) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100 * 10**9, int(free * 10**9)))

    return gigabytes


def test_a_disk_is_nearly_full_a_gigabyte_before_minio_stops_writing(
    tmp_path: Path, leave: Callable[[float], None]
) -> None:
    leave(2.01)
    assert disk.shortage(tmp_path) is None
    leave(1.99)
    assert disk.shortage(tmp_path) == (
        f"The disk of {tmp_path} is nearly full: 2.0 GB are free, and the engines need 2.0 GB."
        " Make room on it; then run again what failed."
    )


def test_a_step_does_not_begin_without_room(tmp_path: Path, leave: Callable[[float], None]) -> None:
    leave(0.5)
    begun = False
    with pytest.raises(DiskFullError, match="nearly full"), disk.room_on_disk(tmp_path):
        begun = True
    assert not begun


def test_the_error_of_a_step_that_ran_out_of_room_names_the_disk(
    tmp_path: Path, leave: Callable[[float], None]
) -> None:
    @disk.room_on_disk(tmp_path)
    def step() -> None:
        leave(0.5)
        raise StoreError("no\nat some.java.Class")

    leave(50)
    with pytest.raises(DiskFullError, match=r"nearly full.*The step failed with: no$"):
        step()


def test_bad_days_are_named_although_the_disk_is_full(tmp_path: Path, leave: Callable[[float], None]) -> None:
    days = [date(2026, 1, 1), date(2026, 1, 2)]

    @disk.room_on_disk(tmp_path)
    def step() -> None:
        leave(0.5)
        raise BadDaysError(dict.fromkeys(days, "no file"), days)

    leave(50)
    with pytest.raises(DiskFullError, match="2026-01-01: no file\n2026-01-02: no file"):
        step()


def test_the_error_of_a_step_with_room_stays_its_own(tmp_path: Path, leave: Callable[[float], None]) -> None:
    leave(50)
    with pytest.raises(StoreError, match="no"), disk.room_on_disk(tmp_path):
        raise StoreError("no")
