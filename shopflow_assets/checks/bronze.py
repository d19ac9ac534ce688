"""The checks of a bronze feed: did the day come in time, is it as large as usual. They warn, never block."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache

import dagster as dg

from shopflow_assets.checks import bronze_verdicts as verdicts
from shopflow_assets.checks.per_day import Verdict, daily_specs, log_judged
from shopflow_assets.partitions import run_days
from shopflow_assets.settings import settings
from shopflow_assets.sources.files.landing import Feed
from spark_jobs.contracts.contract import SilverContract

DESCRIPTIONS = {
    "freshness": "The day's last file was landed soon after the end of the day; not judged if simulated.",
    "volume": "The day has about as many records as the same weekdays of up to four weeks before.",
}


def bronze_checks(asset: dg.AssetKey, contract: type[SilverContract]) -> dg.AssetChecksDefinition:
    """The two checks of a bronze feed, one result per day of the run, from manifests: a small GET per day.

    Dagster's own freshness policies ask whether an asset was made lately, or its newest partition by some
    time; they cannot say of each day when it was landed, and would find every simulated stack overdue.
    """
    specs = daily_specs(asset, DESCRIPTIONS, blocking=False)

    @dg.multi_asset_check(name=f"{'__'.join(asset.path)}__checks", specs=specs, can_subset=True)
    def checks(context: dg.AssetCheckExecutionContext) -> Iterator:
        # Days of one run are each other's history, so each manifest is read once.
        manifest = cache(Feed.of(contract).manifest)
        yield from log_judged(context, {day: _judge_day(manifest, day) for day in run_days(context)})

    return checks


def _judge_day(manifest: Callable, day: date) -> dict[str, Verdict]:
    found = manifest(day)
    landed = filter(None, map(manifest, verdicts.same_weekdays_before(day)))
    before = [earlier.records for earlier in landed if earlier.files]
    return {
        "freshness": verdicts.freshness(found, settings().max_landing_delay_hours),
        "volume": verdicts.volume(found.records if found else 0, before, settings().max_volume_factor),
    }
