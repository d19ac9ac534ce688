"""What starts runs when something arrives."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg

from shopflow_assets.days.partitions import DAILY
from shopflow_assets.days.run_tags import DOMAIN, RANGE_END, RANGE_START, UNATTENDED
from shopflow_assets.domain import Domain
from shopflow_assets.sources.files.arrival import Arrivals, Cursor, look
from shopflow_assets.sources.files.inbox import Inbox
from shopflow_assets.sources.files.landing import Feed

SHOWN = 10


def arrival_sensor(domain: Domain, inbox: Inbox, job: Any) -> dg.SensorDefinition:
    """A sensor that carries days of a domain whose files are all there, from the inbox to gold.

    A look costs one LIST request per 1,000 objects in the domain's part of the inbox, which is a year of
    three objects a day: S3 cannot list by time, and any day may be delivered again. Nothing else is read.
    """

    @dg.sensor(
        name=f"{domain.name}_arrival",
        job=job,
        minimum_interval_seconds=inbox.seconds_between_looks,
        # Off until someone turns it on, like the schedule: at first it carries all that lies in the inbox.
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=(
            "Carries a day from the inbox to gold when its files are 10 minutes old or a _SUCCESS is there, "
            "and again when a file is delivered again. Turned on, it first carries all that is in the inbox."
        ),
    )
    def arrival(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        cursor = Cursor.model_validate_json(context.cursor) if context.cursor else Cursor()
        feeds = map(Feed.of, domain.contracts)
        listings = {feed.folder: feed.delivered() for feed in feeds}
        found = look(listings, cursor, datetime.now(UTC), DAILY.start.date())
        requests = [
            # One run per range, as in a backfill: a sensor does not read the assets' backfill policy.
            dg.RunRequest(
                run_key=f"{days.first} to {days.last}: {days.fingerprint}",
                tags={
                    RANGE_START: days.first.isoformat(),
                    RANGE_END: days.last.isoformat(),
                    DOMAIN: domain.name,
                    **UNATTENDED,
                },
            )
            for days in found.ranges()
        ]
        skip = None if requests else dg.SkipReason(_why_nothing(found))
        return dg.SensorResult(requests, skip_reason=skip, cursor=found.cursor.model_dump_json())

    return arrival


def _why_nothing(found: Arrivals) -> str:
    more = len(found.notes) - SHOWN
    return "\n".join(
        ["nothing new has arrived whole", *found.notes[:SHOWN], *([f"and {more} more"] if more > 0 else [])]
    )
