"""What a backfill would do, found without starting a run: which days have new input, and in which layer."""

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
    from shopflow_assets.day_plan import DayPlan

Plans = Mapping[str, list["DayPlan"]]


def plans(home: Home, settings: Settings, start: date, end: date, domain: str | None) -> Plans:
    """What there is to do for the days, by domain.

    Raises:
        DomainError: There is no such domain.
    """
    # The pipeline reads its settings from the environment, here as in Dagster.
    os.environ.update(dagster_environment(home, settings))
    from shopflow_assets.day_plan import plan
    from shopflow_assets.registry import DOMAINS

    if domain and domain not in DOMAINS:
        raise DomainError(f"There is no domain {domain!r}; there are: {', '.join(DOMAINS)}.")
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    manifest = json.loads((home.dbt_target / "manifest.json").read_text())
    wanted = [domain] if domain else list(DOMAINS)
    return {name: plan(DOMAINS[name], manifest, days) for name in wanted}


def news(home: Home, settings: Settings, start: date, end: date, domain: str | None) -> Plans:
    """The days with something to do; a domain without such days is left out."""
    day_plans = plans(home, settings, start, end, domain)
    to_do = {name: [day for day in days if not day.is_empty] for name, days in day_plans.items()}
    return {name: days for name, days in to_do.items() if days}


def show_plan(home: Home, start: date, end: date, console: Console, domain: str | None) -> None:
    """Print what a run would do, by domain and day."""
    for name, days in plans(home, settings_to_use(home), start, end, domain).items():
        console.print(f"{name}:", style="bold")
        for day in days:
            steps = [
                f"land {', '.join(day.to_land)}" if day.to_land else "",
                f"make silver {', '.join(day.to_make)}" if day.to_make else "",
                f"build gold: {day.gold}" if day.gold else "",
            ]
            summary = "; ".join(filter(None, steps)) or "nothing new, skipped"
            console.print(f"  {day.day}: {summary}", highlight=False, markup=False, soft_wrap=True)
