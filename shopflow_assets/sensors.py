"""What starts runs when something arrives."""

from datetime import UTC, date, datetime

import dagster as dg

from shopflow_assets.ecommerce.assets import bronze_order_lines
from shopflow_assets.left_behind import left_behind
from shopflow_assets.partitions import DAILY
from shopflow_assets.run_tags import RANGE_END, RANGE_START, UNATTENDED
from shopflow_assets.sources.files.arrival import Arrivals, Cursor, look
from shopflow_assets.sources.files.landing import Feed
from spark_jobs.contracts.contract import SilverContract
from spark_jobs.contracts.ecommerce.order_lines import OrderLines

SHOWN = 10


def arrival_sensor(
    name: str, asset: dg.AssetsDefinition, contract: type[SilverContract], *, every_seconds: int = 60
) -> dg.SensorDefinition:
    """A sensor that carries the days of a feed from the asset that lands it to the end of its road.

    A look costs one LIST request per 1,000 objects in the feed's part of the inbox, which is a year of three
    objects a day: S3 cannot list by time, and any day may be delivered again. Nothing else is read.
    """
    # All domains read the quarantine, which would lead from one domain's tables to those of the others.
    domain = dg.AssetSelection.groups(asset.group_names_by_key[asset.key])
    road = (dg.AssetSelection.assets(asset).downstream() & domain).materializable()

    @dg.sensor(
        name=name,
        target=road,
        minimum_interval_seconds=every_seconds,
        # Off until someone turns it on, like the schedule: at first it carries all that lies in the inbox.
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=(
            "Carries a day from the inbox to gold when its files are 10 minutes old or a _SUCCESS is there, "
            "and again when a file is delivered again, with the days that an earlier run left behind because "
            "of it. Turned on, it first carries all that is in the inbox."
        ),
    )
    def arrival(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        cursor = Cursor.model_validate_json(context.cursor) if context.cursor else Cursor()
        found = _look(Feed.of(contract), cursor, datetime.now(UTC))
        if found.ready and context.repository_def:
            tables = road.resolve(context.repository_def.asset_graph)
            days = {day.isoformat() for day in found.ready}
            behind = left_behind(context.instance, name, asset.key, tables, days)
            also = {date.fromisoformat(day): run for day, run in behind.items()}
            # What is still arriving comes by itself, when it is there whole.
            found.ready |= {day: run for day, run in also.items() if day not in found.cursor.waiting}
        requests = [
            # One run per range, as in a backfill: a sensor does not read the assets' backfill policy.
            dg.RunRequest(
                run_key=f"{days.first} to {days.last}: {days.fingerprint}",
                tags={RANGE_START: days.first.isoformat(), RANGE_END: days.last.isoformat(), **UNATTENDED},
            )
            for days in found.ranges()
        ]
        skip = None if requests else dg.SkipReason(_why_nothing(found))
        return dg.SensorResult(requests, skip_reason=skip, cursor=found.cursor.model_dump_json())

    return arrival


def _look(feed: Feed, cursor: Cursor, now: datetime) -> Arrivals:
    last = DAILY.get_last_partition_key()
    first = DAILY.start.date()
    return look(
        feed.delivered(), feed.folder, cursor, now, first, date.fromisoformat(last) if last else date.min
    )


def _why_nothing(found: Arrivals) -> str:
    more = len(found.notes) - SHOWN
    return "\n".join(
        ["nothing new has arrived whole", *found.notes[:SHOWN], *([f"and {more} more"] if more > 0 else [])]
    )


ECOMMERCE_ARRIVAL = arrival_sensor("ecommerce_arrival", bronze_order_lines, OrderLines)
