"""What `--skip-missing` leaves out, and how `--dry-run` shows it."""

import io
from datetime import date

from rich.console import Console

from shopflow_assets.day_plan import DayPlan
from shopflow_cli.dry_run import arrived, missing, name_missing, show_plan, with_news

MON, TUE, WED, THU = (date(2026, 1, day) for day in (5, 6, 7, 8))
PLANS = {
    "shop": [
        DayPlan(MON),
        DayPlan(TUE, ("orders",), ("orders",), "silver changes", is_missing=True),
        DayPlan(WED, ("orders",), ("orders",), "silver changes", is_missing=True),
        DayPlan(THU, ("orders",), ("orders",), "silver changes"),
    ],
    "post": [DayPlan(day, ("parcels",), is_missing=True) for day in (MON, TUE, WED, THU)],
}


def test_days_of_which_nothing_has_arrived_are_left_out_by_domain() -> None:
    assert {name: [plan.day for plan in plans] for name, plans in arrived(PLANS).items()} == {
        "shop": [MON, THU]
    }
    assert missing(PLANS) == {"shop": [TUE, WED], "post": [MON, TUE, WED, THU]}
    assert {name: [plan.day for plan in plans] for name, plans in with_news(arrived(PLANS)).items()} == {
        "shop": [THU]
    }


def test_all_days_that_are_left_out_are_named() -> None:
    out = io.StringIO()
    name_missing({"shop": [MON, TUE, THU]}, 5, Console(file=out, width=20))
    assert out.getvalue() == (
        "shop: nothing has arrived for 3 of 5 days, which are left out:"
        " 2026-01-05 to 2026-01-06, 2026-01-08\n"
    )


def test_a_dry_run_says_what_becomes_of_a_day_of_which_nothing_has_arrived() -> None:
    for skips_missing, expected in [(True, "left out"), (False, "a run would hold the day back")]:
        out = io.StringIO()
        show_plan(PLANS, Console(file=out), skips_missing=skips_missing)
        assert f"  2026-01-06: nothing has arrived; {expected}\n" in out.getvalue()
        assert "  2026-01-05: nothing new, skipped\n" in out.getvalue()
