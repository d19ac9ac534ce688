"""The source's own counts of its tables: one a day, at a known position of its log.

Gold is compared with it (`shopflow_assets.gold.reconciliation`). It is an object of its own beside the
landings, as it belongs to none of them: the changes before it may be landed on a later day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from shopflow_assets.settings import settings
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay
from shopflow_assets.sources.database.landed.position import lsn, position
from shopflow_assets.sources.store import ObjectStore
from spark_jobs.manifest import Claim, day_prefix


class SourceCount(BaseModel):
    """Rows and money of each table, of all that was committed before a log position and nothing else."""

    model_config = ConfigDict(frozen=True)

    epoch: int
    log_position: str
    counted_at: datetime
    tables: Mapping[str, Claim]

    @property
    def position(self) -> str:
        """The count includes exactly the versions before this position."""
        return position(self.epoch, lsn(self.log_position), 0)


@dataclass(frozen=True)
class SourceCounts:
    """The counts of a domain's database, one per day on which it was counted."""

    domain: str
    lake: ObjectStore = field(default_factory=lambda: ObjectStore(settings(), "datalake"))

    def of(self, day: date) -> SourceCount | None:
        """The count of a day."""
        stored = self.lake.get(self._key(day))
        return SourceCount.model_validate_json(stored[0]) if stored else None

    def keep(self, day: date, count: SourceCount) -> None:
        """Keep the count of a day, in the place of one of an earlier epoch.

        Raises:
            StoreError: another landing was faster, or MinIO refused.
        """
        before = self.lake.get(self._key(day))
        self.lake.replace(self._key(day), before[1] if before else None, count.model_dump_json().encode())

    def _key(self, day: date) -> str:
        return f"{day_prefix(f'{self.domain}/_counts', day)}count.json"


def is_landed(count: SourceCount, landed: DatabaseDay) -> bool:
    """Whether the landings up to this day include all that was counted."""
    return count.epoch == landed.epoch and lsn(count.log_position) <= lsn(landed.through)
