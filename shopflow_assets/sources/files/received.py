"""A delivered file on this machine's disk, and the name that it gets in bronze."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

# MinIO takes names of up to 255 bytes.
_LONGEST_STEM, _LONGEST_SUFFIX = 120, 20


@dataclass(frozen=True)
class ReceivedFile:
    """A delivered file on this machine's disk, under the name it gets in bronze."""

    path: Path
    delivered_as: str
    source: str

    @property
    def suffix(self) -> str:
        """The suffix of its name, which says how to read it."""
        return PurePosixPath(self.delivered_as).suffix

    @property
    def bytes(self) -> int:
        """Its size."""
        return self.path.stat().st_size

    @cached_property
    def sha256(self) -> str:
        """A hash of its content."""
        with self.path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()

    @property
    def name(self) -> str:
        """Its name in bronze, with a hash of its content."""
        # Spark and Trino put names into URIs, so only plain characters are kept; `source` keeps the full
        # name. Subfolders of the day are part of the name: equal files in two of them are two deliveries. Two
        # names may become equal when characters are replaced, so a hash of the full name is added.
        within_day = str(PurePosixPath(self.delivered_as).with_suffix(""))
        stem = re.sub(r"[^A-Za-z0-9_.-]+", "_", within_day).lstrip("_.")[:_LONGEST_STEM]
        if stem != within_day:
            stem += "-" + hashlib.sha256(within_day.encode()).hexdigest()[:8]
        return f"{stem}-{self.sha256[:12]}{self.suffix[:_LONGEST_SUFFIX]}"
