"""Lands what was delivered for a day: the bytes as received, named by content, committed by the manifest."""

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from shopflow_assets.errors import RefusedFileError
from shopflow_assets.settings import settings
from shopflow_assets.sources.bronze import BronzeTable
from shopflow_assets.sources.files.arrival import FORMATS, is_signal
from shopflow_assets.sources.files.received import ReceivedFile
from shopflow_assets.sources.files.strict_reader import Reading, count_strictly, read_strictly
from shopflow_assets.sources.scratch import scratch_folder
from shopflow_assets.sources.store import ObjectStore, StoredObject
from spark_jobs.contracts.table import Table
from spark_jobs.manifest import LandedFile, Manifest, RefusedFile
from spark_jobs.shown_text import quoted, shown

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LandedFolder:
    """The result of a landing: the day's manifest, and the refused files among those in the inbox now.

    The manifest also lists files that were refused earlier and have been replaced or removed since. `missing`
    are landed files that bronze has lost and the inbox does not have.
    """

    manifest: Manifest
    refused: tuple[RefusedFile, ...]
    missing: tuple[LandedFile, ...] = ()


@dataclass(frozen=True)
class Feed:
    """A table's daily feed of files in the inbox, under `<feed folder>/YYYY-MM-DD/`."""

    inbox: ObjectStore
    bronze: BronzeTable

    @classmethod
    def of(cls, table: Table) -> "Feed":
        """The feed of a table, between this stack's inbox and lake."""
        return cls(ObjectStore(settings(), "inbox"), BronzeTable.of(table))

    @property
    def table(self) -> Table:
        """The table whose records the files hold."""
        return self.bronze.table

    def land(self, day: date, landed_at: datetime) -> LandedFolder | None:
        """Land all files of the day that are in the inbox.

        Landing the same bytes again changes nothing, but puts back an object that bronze has lost. A file
        replaces an older one of the same name. Returns None when no file of the day was ever landed and none
        is in the inbox. Raises StoreError, and commits nothing, when another landing of the day was faster.
        """
        committed, etag = self.bronze.committed(day)
        before = committed or self.bronze.empty_manifest(day)
        missing = self.bronze.missing(before)
        after = self._counted_again(before, missing)
        refused: list[RefusedFile] = []
        for delivered in self.delivered(day):
            if not is_signal(delivered.key):
                after, refusal = self._land_file(after, delivered.key, landed_at, missing)
                refused += [refusal] if refusal else []
        if after != before:
            self.bronze.commit(after, etag)
        still_missing = self.bronze.missing(after) if missing else ()
        is_known = after.is_landed or refused
        return LandedFolder(after, tuple(refused), still_missing) if is_known else None

    def has_news(self, day: date) -> bool:
        """Whether landing the day would change bronze or find a problem: a file is new, lost or refused."""
        manifest = self.bronze.manifest(day)
        if manifest is None or self.bronze.missing(manifest) or self._counted_again(manifest) != manifest:
            return True
        keys = [delivered.key for delivered in self.delivered(day) if not is_signal(delivered.key)]
        return any(self._is_new(key, manifest) for key in keys)

    def how_to_deliver(self, day: date) -> str:
        """What to do when nothing was delivered for a day."""
        folder = f"{self.inbox.bucket}/{self._folder(day)}"
        return f"nothing in {folder}: drop files there or `shopflow simulate {day} {day}`, and run again"

    @property
    def folder(self) -> str:
        """The feed's folder in the inbox, with a slash at its end."""
        return f"{self.table.rules.feed_folder}/"

    def delivered(self, day: date | None = None) -> Iterator[StoredObject]:
        """The objects in the inbox of a day, or of all days: data files and signals."""
        return self.inbox.objects(self._folder(day) if day else self.folder)

    def _folder(self, day: date) -> str:
        return f"{self.folder}{day.isoformat()}/"

    def _counted_again(self, manifest: Manifest, missing: Collection[LandedFile] = ()) -> Manifest:
        """The manifest with its JSON files counted by the present contract, which says which keys are known.

        The files are counted in the lake, as the inbox may have been emptied since. CSV files keep their
        counts, because their own header says what they hold.
        """
        table, day = self.table, manifest.partition_date
        known = set(table.source_names)

        def counted(file: LandedFile) -> LandedFile:
            if not file.is_json or set(file.columns) == known or file in missing:
                return file
            with scratch_folder(self.inbox.settings.home) as folder:
                path = folder / "landed"
                self.bronze.lake.download(manifest.prefix + file.name, path)
                # A landed file stays landed, even if the contract has no key for most of its lines now.
                reading, _ = count_strictly(path, ".jsonl", table, day)
                return file.model_copy(update=vars(reading))

        return manifest.model_copy(update={"files": tuple(counted(file) for file in manifest.files)})

    def _land_file(
        self, manifest: Manifest, key: str, landed_at: datetime, missing: Collection[LandedFile]
    ) -> tuple[Manifest, RefusedFile | None]:
        with scratch_folder(self.inbox.settings.home) as folder:
            received = self._receive(key, manifest.partition_date, folder)
            if known := self._landed(received, manifest):
                if known in missing:
                    self.bronze.lake.upload(manifest.prefix + known.name, received.path)
                return manifest, None
            try:
                reading = self._read(received.path, received.suffix, manifest.partition_date)
            except RefusedFileError as refusal:
                return self._refuse(manifest, received, str(refusal), landed_at)
            landed = LandedFile(
                name=received.name,
                source=received.source,
                bytes=received.bytes,
                sha256=received.sha256,
                landed_at=landed_at,
                is_simulated=self.inbox.notes(key).get("origin") == "simulated",
                **vars(reading),
            )
            self.bronze.lake.upload(manifest.prefix + landed.name, received.path)
        files = [f for f in manifest.files if f.source != landed.source]
        update = {
            "files": tuple(sorted([*files, landed], key=lambda f: f.source)),
            "refused": _without(manifest.refused, received),
        }
        return manifest.model_copy(update=update), None

    def _is_new(self, key: str, manifest: Manifest) -> bool:
        with scratch_folder(self.inbox.settings.home) as folder:
            return not self._landed(self._receive(key, manifest.partition_date, folder), manifest)

    def _receive(self, key: str, day: date, folder: Path) -> ReceivedFile:
        path = folder / "received"
        self.inbox.download(key, path)
        return ReceivedFile(path, key.removeprefix(self._folder(day)), f"s3://{self.inbox.bucket}/{key}")

    def _landed(self, received: ReceivedFile, manifest: Manifest) -> LandedFile | None:
        """The same bytes as they are landed already, with the columns that the contract wants now."""
        same_bytes = (f for f in manifest.files if (f.source, f.sha256) == (received.source, received.sha256))
        return next((f for f in same_bytes if self._has_due_columns(f, manifest.partition_date)), None)

    def _has_due_columns(self, file: LandedFile, day: date) -> bool:
        """Whether the file has every column that is due on the day, and no unknown one."""
        due = {column.name for column in self.table.source_columns if column.is_due(day)}
        return due <= set(file.columns) <= set(self.table.source_names)

    def _read(self, path: Path, suffix: str, day: date) -> Reading:
        if suffix not in FORMATS:
            raise RefusedFileError(f"expected a file {' or '.join(FORMATS)}, found {quoted(suffix)}")
        return read_strictly(path, suffix, self.table, day)

    def _refuse(
        self, manifest: Manifest, received: ReceivedFile, reason: str, landed_at: datetime
    ) -> tuple[Manifest, RefusedFile]:
        log.warning("refused %s: %s", shown(received.source), reason)
        for known in manifest.refused:
            if (known.source, known.sha256, known.reason) == (received.source, received.sha256, reason):
                return manifest, known
        self.bronze.lake.upload(f"{manifest.prefix}_refused/{received.name}", received.path)
        refused = RefusedFile(
            name=received.name,
            source=received.source,
            bytes=received.bytes,
            sha256=received.sha256,
            reason=reason,
            landed_at=landed_at,
        )
        others = _without(manifest.refused, received)
        return manifest.model_copy(update={"refused": (*others, refused)}), refused


def _without(refused: tuple[RefusedFile, ...], received: ReceivedFile) -> tuple[RefusedFile, ...]:
    """The refused files without these bytes: they are judged again, as the contract may have changed."""
    return tuple(f for f in refused if (f.source, f.sha256) != (received.source, received.sha256))
