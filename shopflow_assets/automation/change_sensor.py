"""The sensor that starts runs when a database has changes: the open day is landed again and again."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg

from shopflow_assets.days.run_tags import DOMAIN, RANGE_END, RANGE_START, UNATTENDED
from shopflow_assets.domain import Domain
from shopflow_assets.sources.database.database import Database

_SECONDS = 300
_IN_FLIGHT = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def change_sensor(domain: Domain, source: Database, job: Any) -> dg.SensorDefinition:
    """A sensor that carries the days with changes on, from the newest landed one to today.

    An evaluation looks at the changes and lands none. It waits while a run of the domain is under way.
    """

    @dg.sensor(
        name=f"{domain.name}_changes",
        job=job,
        minimum_interval_seconds=_SECONDS,
        # Off until a person turns it on, like the schedule.
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=(
            "Every five minutes: lands what has changed in the database and carries it on. A table without"
            " changes is skipped in all layers."
        ),
    )
    def changes(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        in_flight = dg.RunsFilter(job_name=job.name, statuses=_IN_FLIGHT)
        if context.instance.get_runs_count(in_flight):
            return dg.SensorResult(skip_reason="a run of the domain is under way")
        today = datetime.now(UTC).date()
        days = [day for day in source.changed_days(domain.tables) if day <= today]
        if not days:
            return dg.SensorResult(skip_reason="nothing has changed")
        tags = {
            RANGE_START: min(days).isoformat(),
            RANGE_END: max(days).isoformat(),
            DOMAIN: domain.name,
            **UNATTENDED,
        }
        return dg.SensorResult([dg.RunRequest(tags=tags)])

    return changes
