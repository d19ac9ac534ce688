"""Dagster's run launcher, for `infra/dagster/dagster.yaml`: it can say whether a run's process still lives.

The code server reports a run whose process died. If PostgreSQL is away at that moment, it stops doing so for
good. With this launcher Dagster's daemon asks as well, every few seconds.
"""

import psutil
from dagster import DagsterEventType, DagsterRun, DefaultRunLauncher

from shopflow_assets.dagster_internals import CheckRunHealthResult, WorkerStatus

# The clock may be corrected. A process that started so much later got the number of one that had ended.
_CLOCK_SECONDS = 60


class WatchedRunLauncher(DefaultRunLauncher):
    """Knows the processes of the runs on this machine."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Asked by Dagster's daemon."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Called by Dagster's daemon for each started run. It marks a run as failed whose process is gone."""
        for event in self._instance.all_logs(run.run_id, of_type=DagsterEventType.ENGINE_EVENT):
            recorded = event.get_dagster_event().engine_event_data.metadata.get("pid")
            if recorded and is_gone(int(str(recorded.value)), event.timestamp):
                return CheckRunHealthResult(WorkerStatus.FAILED, f"its process {recorded.value} is gone")
        return CheckRunHealthResult(WorkerStatus.RUNNING)


def is_gone(pid: int, seen_at: float) -> bool:
    """Whether the process that had this number at that time (Unix seconds) has ended."""
    try:
        process = psutil.Process(pid)
        has_ended = process.status() == psutil.STATUS_ZOMBIE
        return has_ended or process.create_time() > seen_at + _CLOCK_SECONDS
    except psutil.NoSuchProcess:
        return True
