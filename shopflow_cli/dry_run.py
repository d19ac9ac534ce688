"""What a backfill would do, found without a run: which days have something new, and where."""

import json
import os
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rich.console import Console

from local_stack.environments import dagster_environment
from local_stack.errors import DomainError
from local_stack.home import Home
from local_stack.services.supervision import settings_to_use
from local_stack.settings import Settings

if TYPE_CHECKING:
    from shopflow_assets.days.day_plan import DayPlan

Plans = Mapping[str, list["DayPlan"]]


def plans(home: Home, settings: Settings, start: date, end: date, domain: str | None) -> Plans:
    """What the days need, by domain.

    Raises:
        DomainError: There is no such domain.
    """
    # The pipeline's own code reads its settings from the environment, as it does in Dagster.
    os.environ.update(dagster_environment(home, settings))
    from shopflow_assets.days.day_plan import plan
    from shopflow_assets.registry import DOMAINS

    if domain and domain not in DOMAINS:
        raise DomainError(f"There is no domain {domain!r}; there are: {', '.join(DOMAINS)}.")
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    manifest = json.loads((home.dbt_target / "manifest.json").read_text())
    wanted = [domain] if domain else list(DOMAINS)
    return {name: plan(DOMAINS[name], manifest, days) for name in wanted}


def news(home: Home, settings: Settings, start: date, end: date, domain: str | None) -> Plans:
    """The days with something to do, of the domains that have such days."""
    found = plans(home, settings, start, end, domain)
    some = {name: [day for day in of_domain if not day.is_empty] for name, of_domain in found.items()}
    return {name: of_domain for name, of_domain in some.items() if of_domain}


def show_plan(home: Home, start: date, end: date, console: Console, domain: str | None) -> None:
    """Say for each domain and day what a run would do."""
    for name, days in plans(home, settings_to_use(home), start, end, domain).items():
        console.print(f"{name}:", style="bold")
        for day in days:
            steps = [
                f"land {', '.join(day.to_land)}" if day.to_land else "",
                f"make silver {', '.join(day.to_make)}" if day.to_make else "",
                f"build gold: {day.gold}" if day.gold else "",
            ]
            told = "; ".join(filter(None, steps)) or "nothing new, passed over"
            console.print(f"  {day.day}: {told}", highlight=False, markup=False, soft_wrap=True)
