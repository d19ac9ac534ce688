"""What is landed of a database on one day: the manifest that all its tables share.

The PUT of the manifest commits a landing of all tables, so a transaction is visible whole or not
at all. It says how far the source is landed (`through`), and so where the next landing begins: the source's
own bookkeeping only says what it may forget.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shopflow_assets.settings import settings
from shopflow_assets.sources.store import ObjectStore
from spark_jobs.manifest import Claim, LandedFile, day_prefix

# Without an underscore, as Trino hides such names: it reads these manifests for `bronze.raw`.
MANIFEST = "manifest.json"
Mode = Literal["stream", "watermark"]


class Extraction(BaseModel):
    """The newest read of a day by watermark: rows changed at or after `start` and before `end`.

    Without a start, it has all rows that were changed earlier, too. `snapshot` is PostgreSQL's name of what
    the read saw, and `recent` tells it from a later one by the newest rows of each table. `without_time` are
    rows that no window can hold: they have no time of their last change.
    """

    model_config = ConfigDict(frozen=True)

    start: datetime | None
    end: datetime | None
    snapshot: str
    recent: Mapping[str, str] = {}
    without_time: Mapping[str, int] = {}


class DatabaseDay(BaseModel):
    """All files of one day, by table, and the state of the source when they were landed.

    `through` is the log position (stream) or the instant (watermark) up to which everything is landed.
    Nothing is landed of this epoch on days before `epoch_begins`. `cluster` identifies the server's data,
    `published` the membership of each table in the publication. `columns` are those that are read of each
    table, with their types; `numbers` tell them from later columns of their names. `claims` say what silver
    has to hold: what the source counted of the rows landed by watermark, and what else was landed.
    """

    model_config = ConfigDict(frozen=True)

    domain: str
    partition_date: date
    mode: Mode
    epoch: int
    epoch_begins: date
    cluster: str
    through: str
    through_at: datetime
    is_simulated: bool
    published: Mapping[str, str] = {}
    columns: Mapping[str, Mapping[str, str]] = {}
    numbers: Mapping[str, Mapping[str, int]] = {}
    files: Mapping[str, tuple[LandedFile, ...]] = {}
    extraction: Extraction | None = None
    claims: Mapping[str, Claim] = {}

    @property
    def lands_from(self) -> date:
        """If this is the newest day: the first day on which a landing still lands something."""
        return self.partition_date if self.mode == "stream" else self.epoch_begins

    def to_bytes(self) -> bytes:
        """The manifest as stored: one line, as Trino reads a line as a row."""
        return self.model_dump_json().encode()


@dataclass
class DatabaseDays:
    """The landed days of a domain's database in the lake. Each day is read once.

    A commit replaces a day as it was read, or makes one that was not there. So of two landings at a time, the
    slower one fails.
    """

    domain: str
    lake: ObjectStore = field(default_factory=lambda: ObjectStore(settings(), "datalake"))
    _known: dict[date, tuple[DatabaseDay | None, str | None]] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The folder of all manifests."""
        return f"bronze/{landings(self.domain)}/"

    def day(self, day: date) -> DatabaseDay | None:
        """What is landed of a day."""
        if day not in self._known:
            stored = self.lake.get(self._key(day))
            parsed = (DatabaseDay.model_validate_json(stored[0]), stored[1]) if stored else (None, None)
            self._known[day] = parsed
        return self._known[day][0]

    def newest(self) -> DatabaseDay | None:
        """The newest landed day: it says how far the source is landed."""
        days = self._landed_days()
        return self.day(max(days)) if days else None

    def next_epoch(self, at: datetime) -> tuple[date, int]:
        """The day and the number of an epoch that begins at an instant, after all that is landed."""
        before = self.newest()
        day = max(at.date(), settings().start_date)
        return (max(day, before.partition_date), before.epoch + 1) if before else (day, 1)

    def end_epoch(self, before: date) -> None:
        """Commit the days from the newest to the next epoch, empty: nothing more of them can come.

        Raises:
            StoreError: another landing was faster.
        """
        newest = self.newest()
        if newest is not None:
            self.commit_empty(newest, before - timedelta(days=1))

    def commit_empty(self, landed: DatabaseDay, last: date) -> DatabaseDay:
        """Commit the days after this one up to the last, empty; returns the last of them, or this one.

        Raises:
            StoreError: another landing was faster; the days before its day are committed.
        """
        while landed.partition_date < last:
            update = {"partition_date": landed.partition_date + timedelta(days=1), "files": {}, "claims": {}}
            landed = landed.model_copy(update=update)
            self.commit(landed)
        return landed

    def commit(self, landed: DatabaseDay) -> None:
        """Replace the day's manifest by this one. A day that was not read is a new one.

        Raises:
            StoreError: another landing was faster; nothing is changed.
        """
        day = landed.partition_date
        _, etag = self._known.get(day, (None, None))
        self._known[day] = landed, self.lake.replace(self._key(day), etag, landed.to_bytes())

    def _landed_days(self) -> list[date]:
        keys = [stored.key for stored in self.lake.objects(self.folder)]
        return [_day_of(key) for key in keys if key.endswith(f"/{MANIFEST}")]

    def _key(self, day: date) -> str:
        return day_prefix(landings(self.domain), day) + MANIFEST


def landings(domain: str) -> str:
    """The folder in bronze of a database's manifests, beside those of its tables."""
    return f"{domain}/landings"


def _day_of(key: str) -> date:
    return date.fromisoformat("-".join(part.partition("=")[2] for part in key.split("/")[-4:-1]))
