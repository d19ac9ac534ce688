"""Bronze of one table: its manifests, for every kind of source."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from shopflow_assets.settings import settings
from shopflow_assets.sources.store import ObjectStore
from spark_jobs.contracts.table import Table
from spark_jobs.manifest import MANIFEST, LandedFile, Manifest, day_prefix
from spark_jobs.shown_text import shown


@dataclass(frozen=True)
class BronzeTable:
    """The days of a table in the lake. The conditional PUT of a manifest commits a landing."""

    table: Table
    lake: ObjectStore

    @classmethod
    def of(cls, table: Table) -> "BronzeTable":
        """The table in this stack's lake."""
        return cls(table, ObjectStore(settings(), "datalake"))

    def manifest(self, day: date) -> Manifest | None:
        """The day's manifest as committed, or None."""
        return self.committed(day)[0]

    def committed(self, day: date) -> tuple[Manifest | None, str | None]:
        """The day's manifest and its ETag, if there is one."""
        stored = self.lake.get(self._prefix(day) + MANIFEST)
        return (Manifest.model_validate_json(stored[0]), stored[1]) if stored else (None, None)

    def empty_manifest(self, day: date) -> Manifest:
        """The manifest of a day on which nothing has been landed yet."""
        rules = self.table.rules
        return Manifest(domain=rules.domain, table=rules.table, partition_date=day, prefix=self._prefix(day))

    def missing(self, manifest: Manifest) -> tuple[LandedFile, ...]:
        """The files that the manifest lists and the bucket lacks; one request per thousand objects."""
        return self.missing_by_day([manifest]).get(manifest.partition_date, ())

    def missing_by_day(self, manifests: Iterable[Manifest]) -> Mapping[date, tuple[LandedFile, ...]]:
        """The files that some days list and the bucket lacks; days that are complete are left out.

        One request per thousand objects of the table, from the first of these days to the last.
        """
        listed = sorted((m for m in manifests if m.files), key=lambda manifest: manifest.prefix)
        if not listed:
            return {}
        stored = {each.key for each in self.lake.objects_between(listed[0].prefix, listed[-1].prefix)}
        missing = {
            m.partition_date: tuple(f for f in m.files if m.prefix + f.name not in stored) for m in listed
        }
        return {day: files for day, files in missing.items() if files}

    def how_to_mend(self, manifest: Manifest, missing: LandedFile) -> str:
        """What to do about a file that the manifest lists and the bucket lacks."""
        day, source = manifest.partition_date, shown(missing.source)
        return (
            f"s3://{self.lake.bucket}/{manifest.prefix}{missing.name} is gone, though the manifest lists it:"
            f" put the same file back as {source} and run the day again, or give it up with"
            f" `shopflow withdraw {day} {shlex.quote(source)}`"
        )

    def commit(self, manifest: Manifest, etag: str | None) -> None:
        """Replace the manifest that has this ETag (None: there was none).

        Raises:
            StoreError: another landing of the day was faster; nothing is changed.
        """
        self.lake.replace(manifest.prefix + MANIFEST, etag, manifest.to_bytes())

    def _prefix(self, day: date) -> str:
        return day_prefix(self.table.rules.feed_folder, day)
