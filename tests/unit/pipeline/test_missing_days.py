"""Which days count as missing: nothing of them has arrived, for no table of the domain."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

DAY, FOLDER = date(2026, 2, 1), "inbox/2026-02-01/"
EMPTY_MANIFEST = SimpleNamespace(files=())


@pytest.fixture
def is_missing(pipeline: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Whether a day is missing that has these objects in the inbox, and these manifests, by table."""
    from shopflow_assets import day_plan
    from shopflow_assets.sources.files import inbox

    def judge(delivered: dict[str, list[str]], manifests: dict[str, Any]) -> bool:
        def feed(table: str) -> Any:
            objects = [SimpleNamespace(key=f"{FOLDER}{name}") for name in delivered.get(table, [])]
            return SimpleNamespace(delivered=lambda day: iter(objects))

        def bronze(table: str) -> Any:
            return SimpleNamespace(manifest=lambda day: manifests.get(table))

        monkeypatch.setattr(inbox, "Feed", SimpleNamespace(of=feed))
        domain: Any = SimpleNamespace(tables=("parcels", "scans"), source=inbox.Inbox(""))
        return day_plan._is_missing(domain, {table: bronze(table) for table in domain.tables}, DAY)

    return judge


def test_a_day_without_files_and_manifests_is_missing(is_missing: Any) -> None:
    assert is_missing({}, {})


def test_a_signal_is_no_delivery(is_missing: Any) -> None:
    assert is_missing({"parcels": ["_SUCCESS"], "scans": [""]}, {})


def test_a_file_of_one_table_is_enough(is_missing: Any) -> None:
    assert not is_missing({"scans": ["scans.csv"]}, {})


def test_a_day_that_was_landed_once_is_not_missing(is_missing: Any) -> None:
    assert not is_missing({}, {"parcels": EMPTY_MANIFEST})
