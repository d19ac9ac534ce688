"""The inbox: a bucket into which somebody drops files, one folder for each table and day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shopflow_assets.errors import StoreError
from shopflow_assets.sources.files.landing import Feed
from shopflow_assets.sources.source import Landing
from spark_jobs.contracts.contract import SilverContract
from spark_jobs.manifest import MANIFEST, Manifest
from spark_jobs.shown_text import shown

MOST_LISTED = 50


@dataclass(frozen=True)
class Inbox:
    """Files under `<feed folder>/YYYY-MM-DD/`; a sensor looks for them."""

    description: str
    seconds_between_looks: int = 60
    name: str = "inbox"
    kinds: frozenset[str] = frozenset({"s3", "csv", "json"})

    def news(self, contracts: Sequence[type[SilverContract]], day: date) -> set[type[SilverContract]]:
        """The tables whose files of the day are not landed in their present state, or that have no files."""
        return {contract for contract in contracts if Feed.of(contract).has_news(day)}

    def land(
        self, contracts: Sequence[type[SilverContract]], day: date, landed_at: datetime
    ) -> Mapping[type[SilverContract], Landing]:
        """Land each table's folder of the day. A refused file does not stop the other files of the day."""
        return {contract: _land(Feed.of(contract), day, landed_at) for contract in contracts}


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
