"""The sensor of a database starts a run for changes, and a run without changes makes no silver."""

from datetime import datetime

from shopflow_assets.days.run_tags import RANGE_END, RANGE_START
from tests.spark.shop.landing.pipeline import happens
from tests.spark.shop.runs.small_domain import Runs

NOTHING = ([], "nothing has changed")


def test_changes_start_a_run_and_without_changes_nothing_is_made(runs: Runs) -> None:
    [first], _ = runs.sensed()
    assert (first[RANGE_START], first[RANGE_END]) == ("2026-01-01", "2026-01-01")
    assert runs.run(first) == ""
    assert runs.rows() == {"orders": 3, "suppliers": 2}
    made = runs.versions()
    assert runs.sensed() == NOTHING
    # A person may start a run nevertheless, or one of checks alone.
    assert runs.run(first) == ""
    assert runs.run(first, "checks_alone") == ""
    assert runs.versions() == made

    new = "insert into shop.suppliers values (2, 'Bolt', 'FR', '2026-01-03 08:00')"
    happens(runs.source, datetime(2026, 1, 3, 8), new)
    [second], _ = runs.sensed()
    assert (second[RANGE_START], second[RANGE_END]) == ("2026-01-03", "2026-01-03")
    assert runs.run(second) == ""
    assert runs.rows() == {"orders": 3, "suppliers": 3}
    assert runs.versions()["orders"] == made["orders"]
    assert runs.sensed() == NOTHING
