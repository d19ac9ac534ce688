"""The sensors that start runs when files arrive."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg

from shopflow_assets.days.partitions import DAILY
from shopflow_assets.days.run_tags import DOMAIN, RANGE_END, RANGE_START, UNATTENDED
from shopflow_assets.domain import Domain
from shopflow_assets.sources.files.arrival import Arrivals, Cursor, look
from shopflow_assets.sources.files.inbox import Inbox
from shopflow_assets.sources.files.landing import Feed

_MOST_NOTES = 10


def arrival_sensor(domain: Domain, inbox: Inbox, job: Any) -> dg.SensorDefinition:
    """A sensor that starts runs, from the inbox to gold, for the days of a domain whose files are complete.

    An evaluation costs one LIST request per 1,000 objects in the domain's part of the inbox (a year of
    three objects a day). S3 cannot list by time, and any day may be delivered again. Nothing else is read.
    """

    @dg.sensor(
        name=f"{domain.name}_arrival",
        job=job,
        minimum_interval_seconds=inbox.seconds_between_looks,
        # Off until a person turns it on, like the schedule: its first runs load everything in the inbox.
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=(
            "Brings a day from the inbox to gold when its files are 10 minutes old or a _SUCCESS is there, "
            "and again when a file is delivered again. When turned on, it first loads all days in the inbox."
        ),
    )
    def arrival(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        cursor = Cursor.model_validate_json(context.cursor) if context.cursor else Cursor()
        feeds = map(Feed.of, domain.tables)
        listings = {feed.folder: feed.delivered() for feed in feeds}
        arrivals = look(listings, cursor, datetime.now(UTC), DAILY.start.date())
        requests = [
            # One run per range by these tags: Dagster ignores the assets' backfill policy in sensors.
            dg.RunRequest(
                run_key=f"{days.first} to {days.last}: {days.fingerprint}",
                tags={
                    RANGE_START: days.first.isoformat(),
                    RANGE_END: days.last.isoformat(),
                    DOMAIN: domain.name,
                    **UNATTENDED,
                },
            )
            for days in arrivals.ranges()
        ]
        skip = None if requests else dg.SkipReason(_why_nothing(arrivals))
        return dg.SensorResult(requests, skip_reason=skip, cursor=arrivals.cursor.model_dump_json())

    return arrival


def _why_nothing(arrivals: Arrivals) -> str:
    more = len(arrivals.notes) - _MOST_NOTES
    return "\n".join(
        [
            "no new complete delivery",
            *arrivals.notes[:_MOST_NOTES],
            *([f"and {more} more"] if more > 0 else []),
        ]
    )
