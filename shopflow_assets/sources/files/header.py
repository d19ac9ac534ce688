"""Says how the header of a CSV file differs from the columns that a table expects."""

from collections.abc import Sequence

from spark_jobs.contracts.texts import BLANKS
from spark_jobs.shown_text import quoted

SHOWN = 5


def header_difference(header: Sequence[str], names: Sequence[str]) -> str:
    """What is wrong with a header that does not have exactly these names."""
    if not header:
        return f"expected a header with {len(names)} columns, found a blank first line"
    repeated = {name for name in header if header.count(name) > 1}
    differences = {
        "unknown": [quoted(name) for name in sorted(set(header) - set(names))],
        "missing": sorted(set(names) - set(header)),
        "repeated": [quoted(name) for name in sorted(repeated)],
    }
    found = "; ".join(f"{what} {_listed(which)}" for what, which in differences.items() if which)
    if _fits(header, names):
        found += "; it fits without the blanks and invisible characters around its names"
    return f"expected a header with {len(names)} columns, found: {found}"


def _fits(header: Sequence[str], names: Sequence[str]) -> bool:
    """Whether the header has these names once blanks and invisible characters around them are gone."""
    return sorted(name.strip(BLANKS) for name in header) == sorted(names)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown} and {len(names) - SHOWN} more"
