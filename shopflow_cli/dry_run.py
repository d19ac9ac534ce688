"""What a backfill would do, found without starting a run: which days have new input, and in which layer."""

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from more_itertools import consecutive_groups
from rich.console import Console

from local_stack.environments import enter_dagster_environment
from local_stack.errors import NewsError
from local_stack.home import Home
from local_stack.services.health import one_line
from local_stack.services.supervision import settings_to_use
from local_stack.settings import Settings
from shopflow_cli.runs.asset_selection import job_over
from shopflow_cli.runs.dagster_api import Webserver

if TYPE_CHECKING:
    from shopflow_assets.day_plan import DayPlan

Plans = Mapping[str, list["DayPlan"]]


def plans(home: Home, settings: Settings, start: date, end: date, domain: str | None) -> Plans:
    """What there is to do for the days, by domain.

    Raises:
        NewsError: An engine does not answer, or refuses.
    """
    enter_dagster_environment(home, settings)
    from shopflow_assets.day_plan import plan
    from shopflow_assets.registry import DOMAINS

    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    manifest = json.loads((home.dbt_target / "manifest.json").read_text())
    wanted = [domain] if domain else list(DOMAINS)
    try:
        return {name: plan(DOMAINS[name], manifest, days) for name in wanted}
    # The engines' clients have no common class of errors.
    except Exception as error:
        why = f"{type(error).__name__}: {one_line(error)}"
        raise NewsError(f"Cannot find out what is new. See `shopflow status`. ({why})") from error


def with_news(by_domain: Plans) -> Plans:
    """The days with something to do; a domain without such days is left out."""
    return _only(by_domain, lambda day: not day.is_empty)


def arrived(by_domain: Plans) -> Plans:
    """The days of which something has arrived; a domain without such days is left out."""
    return _only(by_domain, lambda day: not day.is_missing)


def missing(by_domain: Plans) -> dict[str, list[date]]:
    """The days of which nothing has arrived; a domain without such days is left out."""
    plans_of_missing = _only(by_domain, lambda day: day.is_missing)
    return {name: [day.day for day in days] for name, days in plans_of_missing.items()}


def _only(by_domain: Plans, is_wanted: Callable[["DayPlan"], bool]) -> Plans:
    wanted = {name: [day for day in days if is_wanted(day)] for name, days in by_domain.items()}
    return {name: days for name, days in wanted.items() if days}


def name_missing(left_out: Mapping[str, list[date]], count: int, console: Console) -> None:
    """Name the days that a run leaves out."""
    for name, days in left_out.items():
        ranges = (list(group) for group in consecutive_groups(days, date.toordinal))
        named = ", ".join(f"{r[0]}" if len(r) == 1 else f"{r[0]} to {r[-1]}" for r in ranges)
        what = f"nothing has arrived for {len(days)} of {count} days, which are left out"
        console.print(f"{name}: {what}: {named}", highlight=False, soft_wrap=True)


def show_what_a_run_would_do(
    home: Home, start: date, end: date, console: Console, domain: str | None, *, skips_missing: bool
) -> None:
    """Print it by domain and day; raises what a backfill raises before it starts a run."""
    settings = settings_to_use(home)
    job_over(Webserver.shown_at(console, settings), start, end, domain)
    show_plan(plans(home, settings, start, end, domain), console, skips_missing=skips_missing)


def show_plan(by_domain: Plans, console: Console, *, skips_missing: bool) -> None:
    """Print what a run would do, by domain and day."""
    for name, days in by_domain.items():
        console.print(f"{name}:", style="bold")
        for day in days:
            summary = _summary(day, skips_missing=skips_missing)
            console.print(f"  {day.day}: {summary}", highlight=False, markup=False, soft_wrap=True)


def _summary(day: "DayPlan", *, skips_missing: bool) -> str:
    if day.is_missing:
        return f"nothing has arrived; {'left out' if skips_missing else 'a run would hold the day back'}"
    steps = [
        f"land {', '.join(day.to_land)}" if day.to_land else "",
        f"make silver {', '.join(day.to_make)}" if day.to_make else "",
        f"build gold: {day.gold}" if day.gold else "",
    ]
    return "; ".join(filter(None, steps)) or "nothing new, skipped"
