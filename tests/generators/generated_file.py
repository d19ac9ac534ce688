"""A generated file and what is known of it, as its records were drawn before they were written."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st


@dataclass(frozen=True)
class GeneratedFile:
    """A file, with the `records` in it (None: a malformed one) or the fact that it must be refused."""

    name: str
    body: bytes
    columns: tuple[str, ...]
    records: tuple[dict[str, str] | None, ...]
    is_refused: bool = False


def of_records(
    name: str, body: bytes, columns: Sequence[str], records: Sequence[dict[str, str] | None]
) -> GeneratedFile:
    """The file, which is to be refused if most of its records are malformed."""
    is_refused = records.count(None) > len(records) / 2
    return GeneratedFile(name, body, tuple(columns), () if is_refused else tuple(records), is_refused)


def well_formed(file: GeneratedFile) -> list[dict[str, str]]:
    """The records that a reader can split into columns."""
    return [record for record in file.records if record is not None]


def masks(fields: int) -> st.SearchStrategy[int]:
    """Which fields of a record are written differently, one bit for each."""
    return st.sampled_from([0, 0, -1]) | st.integers(0, 2**fields - 1)
