"""Lands what was delivered for a day: bytes as received, named by content, committed by the manifest."""

import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from shopflow_assets.bronze.store import ObjectStore
from shopflow_assets.bronze.strict_reader import read_strictly
from shopflow_assets.errors import RefusedFileError
from spark_jobs.contracts.contract import SilverContract, source_columns, table_rules
from spark_jobs.manifest import MANIFEST, LandedFile, Manifest, RefusedFile, day_prefix

log = logging.getLogger(__name__)
FORMATS = (".csv", ".jsonl")


@dataclass(frozen=True)
class Feed:
    """A domain's single daily feed of files in the inbox, under `<domain>/YYYY-MM-DD/`."""

    contract: type[SilverContract]
    inbox: ObjectStore
    lake: ObjectStore

    def empty_manifest(self, day: date) -> Manifest:
        """The manifest of a day on which nothing has been landed yet."""
        rules = table_rules(self.contract)
        prefix = day_prefix(rules.domain, None, day)
        return Manifest(domain=rules.domain, table=rules.table, partition_date=day, prefix=prefix)

    def manifest(self, day: date) -> Manifest | None:
        """The day's manifest as committed, or None."""
        body = self.lake.get(day_prefix(table_rules(self.contract).domain, None, day) + MANIFEST)
        return None if body is None else Manifest.model_validate_json(body)

    def land(self, day: date, landed_at: datetime) -> Manifest | None:
        """Land all files of the day that are in the inbox and return the day's manifest.

        Landing the same bytes again changes nothing. A file of the same name replaces the older one. Returns
        None when nothing was ever delivered for the day.
        """
        before = self.manifest(day)
        after = before or self.empty_manifest(day)
        for key in self._delivered(day):
            after = self._land_file(after, key, landed_at)
        if not after.files and not after.refused:
            return None
        if after != before:
            self.lake.put(after.prefix + MANIFEST, after.to_bytes())
        return after

    def how_to_deliver(self, day: date) -> str:
        """What to do about a day for which nothing was delivered."""
        folder = f"{self.inbox.bucket}/{table_rules(self.contract).domain}/{day.isoformat()}/"
        return f"nothing in {folder}: drop files there or `shopflow simulate {day} {day}`, and run again"

    def _delivered(self, day: date) -> Iterator[str]:
        for key in self.inbox.keys(f"{table_rules(self.contract).domain}/{day.isoformat()}/"):
            # Names like _SUCCESS are signals between programs, not data.
            if not PurePosixPath(key).name.startswith(("_", ".")):
                yield key

    def _land_file(self, manifest: Manifest, key: str, landed_at: datetime) -> Manifest:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "received"
            self.inbox.download(key, path)
            received = _Received(path, key, f"s3://{self.inbox.bucket}/{key}", landed_at)
            known = next((f for f in manifest.files if f.source == received.source), None)
            if known and known.sha256 == received.sha256:
                return _without_refused(manifest, received.source)
            try:
                landed = self._read(received, manifest.partition_date)
            except RefusedFileError as refusal:
                return self._refuse(manifest, received, str(refusal))
            self.lake.upload(manifest.prefix + landed.name, path)
        files = [f for f in manifest.files if f.source != landed.source]
        kept = _without_refused(manifest, landed.source)
        return kept.model_copy(update={"files": tuple(sorted([*files, landed], key=lambda f: f.source))})

    def _read(self, received: "_Received", day: date) -> LandedFile:
        if received.suffix not in FORMATS:
            raise RefusedFileError(f"expected a file {' or '.join(FORMATS)}, found '{received.suffix}'")
        expected = source_columns(self.contract, day)
        reading = read_strictly(received.path, received.suffix, expected, table_rules(self.contract).amount)
        return LandedFile(
            name=received.name,
            source=received.source,
            bytes=received.bytes,
            sha256=received.sha256,
            landed_at=received.landed_at,
            **vars(reading),
        )

    def _refuse(self, manifest: Manifest, received: "_Received", reason: str) -> Manifest:
        log.warning("refused %s: %s", received.source, reason)
        known = next((f for f in manifest.refused if f.source == received.source), None)
        if known and (known.sha256, known.reason) == (received.sha256, reason):
            return manifest
        self.lake.upload(f"{manifest.prefix}_refused/{received.name}", received.path)
        refused = RefusedFile(
            name=received.name,
            source=received.source,
            bytes=received.bytes,
            sha256=received.sha256,
            reason=reason,
            landed_at=received.landed_at,
        )
        others = _without_refused(manifest, received.source).refused
        return manifest.model_copy(update={"refused": (*others, refused)})


class _Received:
    """A delivered file on this machine's disk, under the name it gets in bronze."""

    def __init__(self, path: Path, key: str, source: str, landed_at: datetime) -> None:
        self.path = path
        self.source = source
        self.landed_at = landed_at
        self.suffix = PurePosixPath(key).suffix
        self.bytes = path.stat().st_size
        with path.open("rb") as content:
            self.sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        # Spark and Trino put names into URIs, so only plain letters are kept; the source says the full name.
        # Folders below the day's are part of the name: equal files in two of them are two deliveries.
        within_day = PurePosixPath(*PurePosixPath(key).parts[2:]).with_suffix("")
        stem = re.sub(r"[^A-Za-z0-9_.-]+", "_", str(within_day)).lstrip("_.")
        self.name = f"{stem}-{self.sha256[:12]}{self.suffix}"


def _without_refused(manifest: Manifest, source: str) -> Manifest:
    return manifest.model_copy(update={"refused": tuple(f for f in manifest.refused if f.source != source)})
