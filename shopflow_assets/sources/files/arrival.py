"""Which days of a domain have arrived completely, judged from listings of the inbox. No S3, no clock."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath

from pydantic import BaseModel, ConfigDict

from shopflow_assets.sources.store import StoredObject
from spark_jobs.shown_text import shown

FORMATS = (".csv", ".jsonl")
# Name endings of signals and of files that are still being written.
UNREAD = ("", ".crc", ".part", ".tmp")
MARKER = "_SUCCESS"
QUIET = timedelta(minutes=10)
# S3 gives times in whole seconds, and an upload in parts may get the time at which it began. So objects up to
# this much older than the newest are looked at again; fingerprints show which days were started already.
OVERLAP = timedelta(days=1)


def is_signal(key: str) -> bool:
    """Names like _SUCCESS are signals between programs, not data, and so is the `folder/` of an S3 browser.

    Other files whose names begin with `_` or `.` are deliveries. They are landed or refused, never ignored:
    nobody would notice.
    """
    path = PurePosixPath(key)
    return key.endswith("/") or (path.name.startswith(("_", ".")) and path.suffix in UNREAD)


class Cursor(BaseModel):
    """What the sensor remembers between looks. It grows with the last day's arrivals, not with the history.

    `seen_until` is the newest change seen; `waiting` are days that changed and were not started yet;
    `started` has the fingerprints of the started days within the overlap.
    """

    model_config = ConfigDict(frozen=True)

    seen_until: datetime = datetime(1970, 1, 2, tzinfo=UTC)
    waiting: frozenset[date] = frozenset()
    started: Mapping[date, str] = {}


@dataclass(frozen=True)
class DayRange:
    """Contiguous days that are ready; the fingerprint identifies what was delivered for them."""

    first: date
    last: date
    fingerprint: str


@dataclass
class Arrivals:
    """What a look at the inbox found: fingerprints of days to start, and why other folders do not start."""

    cursor: Cursor = field(default_factory=Cursor)
    ready: dict[date, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def ranges(self) -> Iterator[DayRange]:
        """The ready days, in as few ranges as possible."""
        days = sorted(self.ready)
        starts = [day for day in days if day - timedelta(days=1) not in self.ready]
        ends = [day for day in days if day + timedelta(days=1) not in self.ready]
        for first, last in zip(starts, ends, strict=True):
            yield DayRange(first, last, _hash(self.ready[day] for day in days if first <= day <= last))


def look(
    listings: Mapping[str, Iterable[StoredObject]], cursor: Cursor, now: datetime, first_day: date
) -> Arrivals:
    """Judge listings of the inbox by feed folder; keys are `<feed folder>YYYY-MM-DD/…`.

    Days from `first_day` to today (UTC) are partitions. A day is started when it is a partition, its data
    changed since it was last started, and it is complete in every feed. A feed is complete when its newest
    file is `QUIET` old, or when there is a `_SUCCESS` that is not older than that file. Today needs a
    `_SUCCESS`.
    """
    arrivals = Arrivals()
    # A time in the future, from a wrong clock, must not hide what arrives until then.
    newest = seen_until = min(cursor.seen_until, now)
    waiting: set[date] = set()
    started: dict[date, tuple[datetime, str]] = {}
    for name, by_feed in _folders(listings):
        try:
            folder = _DayFolder.of(name, by_feed, first_day)
        except ValueError as reason:
            arrivals.notes.append(str(reason))
            continue
        newest = max(newest, min(folder.changed_at, now))
        is_known = folder.fingerprint == cursor.started.get(folder.day)
        if is_known:
            started[folder.day] = folder.changed_at, folder.fingerprint
        elif folder.day in cursor.waiting or folder.changed_at >= seen_until - OVERLAP:
            if why := folder.why_not_yet(now):
                waiting.add(folder.day)
                arrivals.notes.append(f"{name}: {why}")
            else:
                arrivals.ready[folder.day] = folder.fingerprint
                started[folder.day] = folder.changed_at, folder.fingerprint
    kept = {day: known for day, (at, known) in started.items() if at >= newest - OVERLAP}
    arrivals.cursor = Cursor(seen_until=newest, waiting=frozenset(waiting), started=kept)
    return arrivals


@dataclass(frozen=True)
class _FeedOfDay:
    """What a feed delivered for a day."""

    files: tuple[StoredObject, ...]
    marked_at: datetime | None

    @property
    def changed_at(self) -> datetime:
        return max(file.modified_at for file in self.files)

    @property
    def is_marked(self) -> bool:
        # An older marker belongs to an earlier delivery.
        return self.marked_at is not None and self.marked_at >= self.changed_at


@dataclass(frozen=True)
class _DayFolder:
    day: date
    feeds: tuple[_FeedOfDay, ...]
    missing: tuple[str, ...]

    @classmethod
    def of(cls, name: str, by_feed: Mapping[str, list[StoredObject]], first_day: date) -> "_DayFolder":
        """Raises ValueError, with a message for people, for a folder that can never become a run."""
        try:
            day = date.fromisoformat(name.removesuffix("/"))
        except ValueError:
            day = None
        # 20260601 and 2026-W23-1 are dates too, but landing would not find their folders.
        if day is None or f"{day.isoformat()}/" != name:
            raise ValueError(f"{shown(name)}: no folder of a day, expected YYYY-MM-DD/")
        if day < first_day:
            raise ValueError(f"{name}: before the first partition {first_day}")
        feeds, missing = [], []
        for feed, objects in by_feed.items():
            files = tuple(sorted((o for o in objects if not is_signal(o.key)), key=lambda o: o.key))
            marks = [o.modified_at for o in objects if o.key.endswith(f"/{name}{MARKER}")]
            if files:
                feeds.append(_FeedOfDay(files, max(marks, default=None)))
            else:
                missing.append(feed)
        if not feeds:
            raise ValueError(f"{name}: no file in it yet")
        return cls(day, tuple(feeds), tuple(missing))

    @property
    def changed_at(self) -> datetime:
        return max(feed.changed_at for feed in self.feeds)

    @property
    def fingerprint(self) -> str:
        files = (file for feed in self.feeds for file in feed.files)
        return _hash(f"{file.key} {file.etag} {file.modified_at.isoformat()}" for file in files)

    def why_not_yet(self, now: datetime) -> str | None:
        today = now.astimezone(UTC).date()
        if self.day > today:
            return "the day has not begun (UTC)"
        if self.missing:
            return f"nothing of it in {', '.join(self.missing)} yet"
        open_feeds = [feed for feed in self.feeds if not feed.is_marked]
        if open_feeds and self.day == today:
            return f"the day is not over (UTC), so it waits for a {MARKER}"
        if all(now - feed.changed_at >= QUIET for feed in open_feeds):
            return None
        minutes = QUIET.total_seconds() / 60
        return f"still arriving, waits for a {MARKER} or until its newest file is {minutes:.0f} minutes old"


def _folders(
    listings: Mapping[str, Iterable[StoredObject]],
) -> Iterator[tuple[str, dict[str, list[StoredObject]]]]:
    """The folders by name, each with its objects by feed, also for feeds without objects."""
    folders: dict[str, dict[str, list[StoredObject]]] = {}
    for feed, listing in listings.items():
        for listed in listing:
            name, slash, _ = listed.key.removeprefix(feed).partition("/")
            if name:
                folder = folders.setdefault(name + slash, {each: [] for each in listings})
                folder[feed].append(listed)
    yield from sorted(folders.items())


def _hash(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
