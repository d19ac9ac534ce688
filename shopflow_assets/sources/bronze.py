"""Bronze of one table: its manifests, for every kind of source."""

from dataclasses import dataclass
from datetime import date

from shopflow_assets.settings import settings
from shopflow_assets.sources.store import ObjectStore
from spark_jobs.contracts.table import Table
from spark_jobs.manifest import MANIFEST, Manifest, day_prefix


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

    def commit(self, manifest: Manifest, etag: str | None) -> None:
        """Replace the manifest that has this ETag (None: there was none).

        Raises:
            StoreError: another landing of the day was faster; nothing is changed.
        """
        self.lake.replace(manifest.prefix + MANIFEST, etag, manifest.to_bytes())

    def _prefix(self, day: date) -> str:
        return day_prefix(self.table.rules.feed_folder, day)
