"""What `shopflow simulate` refuses, and that what it recommends is possible."""

from datetime import date

import pytest

from local_stack.errors import FeedRefusedError
from shopflow_cli.simulate.command import Domain, command, next_steps

FIRST, TODAY = date(2026, 1, 1), date(2026, 1, 10)
TOO_EARLY = "Days before 2026-01-01 cannot be run: that is this stack's SHOPFLOW_START_DATE."


def coming(day: int) -> str:
    return f"Days from 2026-01-{day:02} on can be run when they have begun; today is 2026-01-10 (UTC)."


@pytest.mark.parametrize(
    ("start", "end", "steps"),
    [
        (date(2026, 1, 3), TODAY, ["Next: shopflow backfill 2026-01-03 2026-01-10"]),
        (date(2026, 1, 9), date(2026, 1, 11), ["Next: shopflow backfill 2026-01-09 2026-01-10", coming(11)]),
        (date(2026, 1, 15), date(2026, 1, 16), [coming(15)]),
        (date(2025, 12, 30), FIRST, ["Next: shopflow backfill 2026-01-01 2026-01-01", TOO_EARLY]),
        (date(2025, 12, 1), date(2025, 12, 2), [TOO_EARLY]),
    ],
)
def test_only_days_that_a_run_takes_are_recommended(start: date, end: date, steps: list[str]) -> None:
    assert next_steps(start, end, FIRST, TODAY) == steps


@pytest.mark.parametrize("only", [None, *Domain])
def test_a_range_that_ends_before_it_starts_is_refused(only: Domain | None) -> None:
    with pytest.raises(FeedRefusedError, match="ends on 2026-01-01, before it starts on 2026-01-10; swap"):
        command(f"{TODAY}", f"{FIRST}", only)
