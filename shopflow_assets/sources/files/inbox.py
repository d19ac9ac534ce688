"""The inbox: a bucket into which somebody drops files, one folder for each table and day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shopflow_assets.errors import StoreError
from shopflow_assets.sources.files.landing import Feed
from shopflow_assets.sources.source import Landing
from spark_jobs.silver_table import SilverTable


@dataclass(frozen=True)
class Inbox:
    """Files under `<feed folder>/YYYY-MM-DD/`; a sensor looks for them."""

    description: str
    seconds_between_looks: int = 60
    name: str = "inbox"
    kinds: frozenset[str] = frozenset({"s3", "csv", "json"})

    def news(self, tables: Sequence[SilverTable], day: date) -> set[SilverTable]:
        """The tables whose files of the day are not landed in their present state, or that have no files."""
        return {table for table in tables if Feed.of(table).has_news(day)}

    def land(
        self, tables: Sequence[SilverTable], day: date, landed_at: datetime
    ) -> Mapping[SilverTable, Landing]:
        """Land each table's folder of the day. A refused file does not stop the other files of the day."""
        return {table: _land(Feed.of(table), day, landed_at) for table in tables}


def _land(feed: Feed, day: date, landed_at: datetime) -> Landing:
    try:
        landed = feed.land(day, landed_at)
    except StoreError as error:
        return Landing(None, f"{error}; nothing new of the day was landed, run it again")
    if landed is None:
        return Landing(None, feed.how_to_deliver(day))
    refused = "; ".join(f"{file.source} refused: {file.reason}" for file in landed.refused)
    return Landing(landed.manifest, refused)
