"""A day that is not landed completely names every file that is to blame, each on a line of its own."""

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.manifest import Manifest, RefusedFile
from spark_jobs.silver_table import SilverTable

DAY, AT = date(2026, 2, 1), datetime(2026, 2, 2, tzinfo=UTC)


@pytest.fixture
def problem(pipeline: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the inbox says about a day with these refused files."""
    from shopflow_assets.sources.files import inbox
    from shopflow_assets.sources.files.landing import LandedFolder

    def land(names: list[str]) -> str:
        why: Any = {"bytes": 1, "sha256": "", "reason": "x" * 300, "landed_at": AT}
        refused = tuple(RefusedFile(name=name, source=f"s3://inbox/{name}", **why) for name in names)
        manifest = Manifest(domain="d", table="t", partition_date=DAY, prefix="bronze/t/")
        folder = LandedFolder(manifest, refused)
        feed = SimpleNamespace(land=lambda day, landed_at: folder, bronze=None)
        monkeypatch.setattr(inbox, "Feed", SimpleNamespace(of=lambda contract: feed))
        tables = [SilverTable(OrderLines)]
        [(_, landings)] = inbox.Inbox("").land(tables, tables, [DAY], AT)
        return landings[tables[0]].problem

    return land


def test_every_refused_file_has_a_whole_line(problem: Any) -> None:
    names = [f"{n}.csv" for n in range(20)]
    assert problem(names).splitlines() == [f"s3://inbox/{name} refused: {'x' * 300}" for name in names]


def test_of_very_many_files_the_first_are_named_and_where_the_others_are(problem: Any) -> None:
    lines = problem([f"{n}.csv" for n in range(60)]).splitlines()
    assert len(lines) == 51
    assert lines[-1] == "and 10 more, all in s3://datalake/bronze/t/_manifest.json"


def test_a_name_is_shown_with_its_invisible_characters(problem: Any) -> None:
    assert problem(["a\u200b.csv"]).startswith(r"s3://inbox/a\u200b.csv refused: ")


def test_the_run_shows_the_lines_of_each_day() -> None:
    from shopflow_assets.errors import BadDaysError

    reasons = {DAY: "bronze/d/t: landed: a.csv refused: x\nb.csv refused: y"}
    assert str(BadDaysError(reasons, [DAY])).splitlines()[1:] == [
        "2026-02-01: bronze/d/t: landed: a.csv refused: x",
        "  b.csv refused: y",
    ]
