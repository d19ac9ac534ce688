"""The inbox: a bucket into which somebody drops files, one folder for each table and day."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shopflow_assets.errors import StoreError
from shopflow_assets.sources.bronze import BronzeTable
from shopflow_assets.sources.files.arrival import is_signal
from shopflow_assets.sources.files.landing import Feed
from shopflow_assets.sources.source import Landing
from spark_jobs.manifest import MANIFEST, Manifest
from spark_jobs.shown_text import shown
from spark_jobs.silver_table import SilverTable

MOST_LISTED = 50


@dataclass(frozen=True)
class Inbox:
    """Files under `<feed folder>/YYYY-MM-DD/`; a sensor looks for them."""

    description: str
    seconds_between_looks: int = 60
    name: str = "inbox"
    kinds: frozenset[str] = frozenset({"s3", "csv", "json"})

    @property
    def warnings(self) -> Mapping[str, str]:
        """None: what can be wrong with a file, `landed` says."""
        return {}

    def bronze(self, tables: Sequence[SilverTable]) -> Mapping[SilverTable, BronzeTable]:
        """Each table has manifests of its own."""
        return {table: BronzeTable.of(table) for table in tables}

    def news(
        self, tables: Sequence[SilverTable], days: Sequence[date]
    ) -> Mapping[date, Collection[SilverTable]]:
        """The tables whose files of a day are not landed in their present state, or that have no files."""
        return {day: [table for table in tables if Feed.of(table).has_news(day)] for day in days}

    def has_arrived(self, tables: Sequence[SilverTable], day: date) -> bool:
        """Whether a file of the day is in the folder of one of these tables."""
        listings = (Feed.of(table).delivered(day) for table in tables)
        return any(not is_signal(delivered.key) for listing in listings for delivered in listing)

    def land(
        self,
        tables: Sequence[SilverTable],
        wanted: Sequence[SilverTable],
        days: Sequence[date],
        landed_at: datetime,
    ) -> Iterator[tuple[date, Mapping[SilverTable, Landing]]]:
        """Land each table's folder of each day. A refused file does not stop the other files of the day."""
        for day in days:
            yield day, {table: _land(Feed.of(table), day, landed_at) for table in wanted}


def _land(feed: Feed, day: date, landed_at: datetime) -> Landing:
    try:
        landed = feed.land(day, landed_at)
    except StoreError as error:
        return Landing(None, f"{error}; nothing new of the day was landed, run it again")
    if landed is None:
        return Landing(None, feed.how_to_deliver(day))
    problems = [f"{shown(file.source)} refused: {file.reason}" for file in landed.refused]
    problems += [feed.bronze.how_to_mend(landed.manifest, file) for file in landed.missing]
    return Landing(landed.manifest, _listed(problems, landed.manifest))


def _listed(problems: Sequence[str], manifest: Manifest) -> str:
    """A line for each file; a day may have thousands."""
    if len(problems) <= MOST_LISTED:
        return "\n".join(problems)
    more = f"and {len(problems) - MOST_LISTED} more, all in s3://datalake/{manifest.prefix}{MANIFEST}"
    return "\n".join([*problems[:MOST_LISTED], more])
