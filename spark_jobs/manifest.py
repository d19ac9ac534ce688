"""The manifest of one day of bronze: what was landed, and all that readers may rely on.

The PUT of the manifest commits a landing: to readers, a data object that no manifest lists does not exist.
"""

import hashlib
import operator
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import PurePosixPath

from pydantic import BaseModel, ConfigDict, Field

MANIFEST = "_manifest.json"
# What Spark can read. A CSV file with more fields in a line is refused, because Spark's reader would fail the
# whole job. A longer JSON line is a malformed record (Jackson reads no text above 20 million characters).
MOST_FIELDS = 20_480
LONGEST_JSON_LINE = 16_000_000
# What JSON allows around its values.
JSON_BLANKS = " \t\r\n"


class MergedRecords(BaseModel):
    """A record that a stray quote made out of several lines; `sha256` is the `fingerprint` of its texts."""

    model_config = ConfigDict(frozen=True)

    first_line: int
    last_line: int
    sha256: str


def fingerprint(texts: Iterable[str]) -> str:
    """Identifies a CSV record: Spark does not know the lines of a file."""
    # Readers differ in the carriage return at the end of a line.
    return hashlib.sha256("".join(texts).replace("\r", "").encode()).hexdigest()


class LandedFile(BaseModel):
    """A file that readers may read; the counts come from a strict reader that is not Spark.

    `characters` counts code points per column over the well-formed records, `malformed` counts the other
    records, and `amount` adds up the readable values of the contract's money column (None: the table has
    none). `is_simulated` says that a simulator delivered the file, so that its time of arrival means nothing.
    `merged` lists those of the malformed records that a stray quote made out of several lines.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    source: str
    bytes: int
    sha256: str
    columns: tuple[str, ...]
    records: int
    malformed: int
    characters: dict[str, int]
    amount: Decimal | None
    landed_at: datetime
    # Not stored when it is false, so that manifests from before this field keep their hash.
    is_simulated: bool = Field(default=False, exclude_if=operator.not_)
    merged: tuple[MergedRecords, ...] = Field(default=(), exclude_if=operator.not_)

    @property
    def is_json(self) -> bool:
        """JSON lines, as opposed to CSV."""
        return PurePosixPath(self.name).suffix == ".jsonl"


class RefusedFile(BaseModel):
    """A file that cannot be read correctly; its bytes are kept under `_refused/`.

    It stays listed when a readable file of its name arrives later, and when it is removed from the inbox.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    source: str
    bytes: int
    sha256: str
    reason: str
    landed_at: datetime


class WithdrawnFile(BaseModel):
    """A file that a person took back after it was landed; its bytes stay in bronze."""

    model_config = ConfigDict(frozen=True)

    name: str
    source: str
    bytes: int
    sha256: str
    landed_at: datetime
    withdrawn_at: datetime


class Window(BaseModel):
    """The watermark window of an extraction: changes at or after `start` and before `end` (UTC)."""

    model_config = ConfigDict(frozen=True)

    start: datetime
    end: datetime


class Claim(BaseModel):
    """What the source itself counted of the records that it gave, in the same snapshot: rows, and money."""

    model_config = ConfigDict(frozen=True)

    rows: int = 0
    amount: Decimal | None = None


class Manifest(BaseModel):
    """All files of one table and day. `window` is None where whole files are delivered."""

    model_config = ConfigDict(frozen=True)

    domain: str
    table: str
    partition_date: date
    prefix: str
    window: Window | None = None
    files: tuple[LandedFile, ...] = ()
    refused: tuple[RefusedFile, ...] = ()
    withdrawn: tuple[WithdrawnFile, ...] = Field(default=(), exclude_if=operator.not_)
    claim: Claim | None = Field(default=None, exclude_if=operator.not_)

    def to_bytes(self) -> bytes:
        """The manifest as stored; equal manifests have equal bytes."""
        return self.model_dump_json(indent=2).encode()

    @property
    def sha256(self) -> str:
        """Hash of the stored bytes: identifies the state of bronze that a silver day is made from."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @property
    def is_landed(self) -> bool:
        """Whether the day is landed: it has files, a window without changes, or only withdrawn files."""
        return bool(self.files or self.window or self.withdrawn)

    @property
    def records(self) -> int:
        """Records in all listed files."""
        return sum(file.records for file in self.files)

    @property
    def merged(self) -> list[str]:
        """Where records are that a stray quote made out of several lines: file and lines of each."""
        return [
            f"{file.source} lines {record.first_line} to {record.last_line}"
            for file in self.files
            for record in file.merged
        ]

    @property
    def is_simulated(self) -> bool:
        """Whether all listed files come from a simulator."""
        return bool(self.files) and all(file.is_simulated for file in self.files)

    @property
    def landed_at(self) -> datetime | None:
        """When the last file was landed; simulated files count only if there are no others."""
        real = [file.landed_at for file in self.files if not file.is_simulated]
        return max(real or [file.landed_at for file in self.files], default=None)

    @property
    def hours_late(self) -> float:
        """Hours from the end of the partition date to `landed_at`; 0 when nothing is landed."""
        end = datetime.combine(self.partition_date + timedelta(days=1), time(), UTC)
        return round(((self.landed_at or end) - end).total_seconds() / 3600, 2)

    @property
    def amount(self) -> Decimal | None:
        """Readable money in all listed files; None when the table has no money column."""
        amounts = [file.amount for file in self.files if file.amount is not None]
        return sum(amounts, Decimal(0)) if amounts or not self.files else None


def day_prefix(feed_folder: str, day: date) -> str:
    """Where a day of a feed lives in the lake."""
    return f"bronze/{feed_folder}/year={day:%Y}/month={day:%m}/day={day:%d}/"
