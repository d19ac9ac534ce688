"""Bronze of one table: its manifests, whatever source lands it."""

from dataclasses import dataclass
from datetime import date

from shopflow_assets.settings import settings
from shopflow_assets.sources.store import ObjectStore
from spark_jobs.contracts.contract import SilverContract, table_rules
from spark_jobs.manifest import MANIFEST, Manifest, day_prefix


@dataclass(frozen=True)
class BronzeTable:
    """The days of a table in the lake. The conditional PUT of a manifest is the commit of a landing."""

    contract: type[SilverContract]
    lake: ObjectStore

    @classmethod
    def of(cls, contract: type[SilverContract]) -> "BronzeTable":
        """The table in this stack's lake."""
        return cls(contract, ObjectStore(settings(), "datalake"))

    def manifest(self, day: date) -> Manifest | None:
        """The day's manifest as committed, or None."""
        return self.committed(day)[0]

    def committed(self, day: date) -> tuple[Manifest | None, str | None]:
        """The day's manifest and its ETag, if there is one."""
        found = self.lake.get(self._prefix(day) + MANIFEST)
        return (Manifest.model_validate_json(found[0]), found[1]) if found else (None, None)

    def empty_manifest(self, day: date) -> Manifest:
        """The manifest of a day on which nothing has been landed yet."""
        rules = table_rules(self.contract)
        return Manifest(domain=rules.domain, table=rules.table, partition_date=day, prefix=self._prefix(day))

    def commit(self, manifest: Manifest, etag: str | None) -> None:
        """Store a manifest in place of the one with this ETag (None: there was none).

        Raises:
            StoreError: another landing of the day was faster; nothing is changed.
        """
        self.lake.replace(manifest.prefix + MANIFEST, etag, manifest.to_bytes())

    def _prefix(self, day: date) -> str:
        return day_prefix(table_rules(self.contract).feed_folder, day)
