"""Takes a landed file back: the day's manifest no longer lists it, and its bytes stay in bronze."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from shlex import quote

from shopflow_assets.domain import Domain
from shopflow_assets.errors import WithdrawalError
from shopflow_assets.sources.files.inbox import Inbox
from shopflow_assets.sources.files.landing import Feed
from spark_jobs.manifest import LandedFile, Manifest, WithdrawnFile
from spark_jobs.shown_text import shown


@dataclass(frozen=True)
class LandedSource:
    """A landed file of a feed, and whether the inbox has a file of its name."""

    feed: Feed
    file: LandedFile
    is_in_inbox: bool

    @property
    def table(self) -> str:
        """The table whose records the file holds."""
        return self.feed.table.name


def landed_sources(domains: Iterable[Domain], day: date) -> list[LandedSource]:
    """The files of a day that are in force, in all feeds of these domains."""
    feeds = (Feed.of(table) for d in domains if isinstance(d.source, Inbox) for table in d.tables)
    return [landed for feed in feeds for landed in _landed(feed, day)]


def find(name: str, day: date, landed: Collection[LandedSource]) -> LandedSource:
    """The landed file of this name: what follows the day's folder, or the whole `s3://inbox/…`.

    Raises:
        WithdrawalError: there is no such file, or more than one.
    """
    matches = [each for each in landed if name in _names(each.file.source, day)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        sources = "\n".join(shown(each.file.source) for each in matches)
        raise WithdrawalError(f"More than one file {shown(name)} is landed on {day}. Choose one:\n{sources}")
    sources = "\n".join(shown(each.file.source) for each in landed) or "nothing"
    raise WithdrawalError(f"No file {shown(name)} is landed on {day}. What is landed:\n{sources}")


def withdraw(landed: LandedSource, day: date, at: datetime) -> Manifest:
    """Commit the day's manifest without the file; returns it.

    Raises:
        WithdrawalError: the file is in the inbox, so the next landing would bring it back.
        StoreError: a landing of the day was faster; nothing is changed.
    """
    source = shown(landed.file.source)
    if landed.is_in_inbox:
        raise WithdrawalError(
            f"{source} is still in the inbox, and the next run of {day} would land it again. Delete it there"
            f" first: aws s3 rm {quote(landed.file.source)}"
        )
    before, etag = landed.feed.bronze.committed(day)
    if before is None or landed.file not in before.files:
        raise WithdrawalError(f"A landing of {day} changed {source} at this moment. Repeat the command.")
    fields = landed.file.model_dump(include=set(WithdrawnFile.model_fields))
    update = {
        "files": tuple(file for file in before.files if file != landed.file),
        "withdrawn": (*before.withdrawn, WithdrawnFile(**fields, withdrawn_at=at)),
    }
    after = before.model_copy(update=update)
    landed.feed.bronze.commit(after, etag)
    return after


def _landed(feed: Feed, day: date) -> Iterator[LandedSource]:
    manifest = feed.bronze.manifest(day)
    in_inbox = {f"s3://{feed.inbox.bucket}/{delivered.key}" for delivered in feed.delivered(day)}
    for file in manifest.files if manifest else ():
        yield LandedSource(feed, file, file.source in in_inbox)


def name_in_folder(source: str, day: date) -> str:
    """What follows the day's folder in the file's address."""
    return source.partition(f"/{day}/")[2]


def _names(source: str, day: date) -> set[str]:
    """What a person may call a file: invisible characters may be written as messages show them."""
    names = {source, name_in_folder(source, day)}
    return names | {shown(name) for name in names}
