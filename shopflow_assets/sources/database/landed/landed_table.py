"""Bronze of one table of a database, as the steps after the landing read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from shopflow_assets.sources.bronze import BronzeTable
from shopflow_assets.sources.database.landed.landed_day import DatabaseDays
from spark_jobs.manifest import LandedFile, Manifest, Window
from spark_jobs.shown_text import shown
from spark_jobs.silver_table import SilverTable


@dataclass(frozen=True)
class TableOfDatabase(BronzeTable):
    """Bronze of a table whose manifests are parts of those of its database."""

    days: DatabaseDays = field(kw_only=True)

    @classmethod
    def each(
        cls, tables: Sequence[SilverTable], days: DatabaseDays | None = None
    ) -> Mapping[SilverTable, BronzeTable]:
        """The tables of a database; a day's manifest is read once for all of them, if it is not known."""
        days = days or DatabaseDays(tables[0].domain)
        return {table: cls(table, days.lake, days=days) for table in tables}

    def manifest(self, day: date) -> Manifest | None:
        """The table's part of the day. Its window is the day, however often the day is landed."""
        landed = self.days.day(day)
        if landed is None:
            return None
        start = datetime.combine(day, time(), UTC)
        update = {
            "window": Window(start=start, end=start + timedelta(days=1)),
            "files": landed.files.get(self.table.rules.table, ()),
            "claim": landed.claims.get(self.table.rules.table),
        }
        return self.empty_manifest(day).model_copy(update=update)

    def how_to_mend(self, manifest: Manifest, missing: LandedFile) -> str:
        """What to do about a file that the manifest lists and the bucket lacks."""
        domain = self.table.domain
        return (
            f"s3://{self.lake.bucket}/{manifest.prefix}{missing.name} is gone, though the manifest lists it"
            f" ({shown(missing.source)}): restore it from a backup of the bucket and run"
            f" {manifest.partition_date} again. Until then silver and gold keep what they have of the day;"
            " other days go on. The source cannot send these changes again;"
            f" `shopflow snapshot --domain {domain}` lands its present rows"
        )
