"""Checks of a silver day that block nothing: what was read correctly, and may not be what the source meant.

Each counts and shows examples, and looks at one day only. So `5001.0` is found by its form, although `5001`
came on another day; `00123` and `123` are found only if they came on the same day.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import dagster as dg
import polars as pl

from shopflow_assets.checks.quarantine_verdict import SHOWN
from shopflow_assets.checks.silver_verdicts import SilverDay
from shopflow_assets.verdict import Verdict
from spark_jobs.contracts.contract import may_be_shown
from spark_jobs.shown_text import shown

DESCRIPTIONS = {
    "repeated_records": "No record is in a file twice: of equal records one is kept, the others are counted.",
    "id_spelling": 'No id looks as if a spreadsheet had written it (="00123", 5001.0), nor like another id.',
}
# How spreadsheets and data frames write ids: as a text in quotes, with an apostrophe, or as a float.
SPREADSHEET = r"""^(?:=?".*"|'.*|\d+\.0+|\d\.\d+[eE]\+\d+)$"""
# From each spelling of an id to one of them: (pattern, replacement), one after the other.
PLAIN = (("""^(?:=?"(.*)"|'(.*))$""", "$1$2"), (r"^(\d+)\.0+$", "$1"), (r"^0+(\d+)$", "$1"))
IN_TEXT = 3


def warnings(silver: SilverDay) -> dict[str, Verdict]:
    """The verdict of each of these checks."""
    return {"repeated_records": _repeated_records(silver), "id_spelling": _id_spelling(silver)}


def _repeated_records(silver: SilverDay) -> Verdict:
    ledger = silver.ledger or {}
    rows = ledger.get("repeated_rows") or 0
    metadata = {"repeated_rows": rows}
    if not rows:
        return Verdict(True, "no record is in a file twice", metadata)
    money = ""
    if silver.table.rules.amount:
        amount = ledger["repeated_amount"] or Decimal(0)
        metadata |= {"repeated_amount": str(amount)}
        money = f", {silver.table.rules.amount} {amount}"
    text = f"{rows} records are in a file again{money}: one of each was kept, the others were dropped"
    keys = ", ".join(silver.table.rules.key)
    text += f"; if each of them counts, the source must give each its own {keys}"
    return Verdict(False, text, metadata, is_warning=True)


def _id_spelling(silver: SilverDay) -> Verdict:
    odd = [(name, spellings) for name in _ids(silver) for spellings in _odd_spellings(silver.rows[name])]
    metadata: dict[str, Any] = {"ids": sum(len(spellings) for _, spellings in odd)}
    if not odd:
        return Verdict(True, "no id looks as if a spreadsheet had written it, nor like another id", metadata)
    contract = silver.table.contract
    examples = [(name, shown(" and ".join(ids))) for name, ids in odd if may_be_shown(contract, name)]
    text = f"{metadata['ids']} ids look as if a spreadsheet had written them, or like another id"
    if examples:
        records = [dg.TableRecord({"column": name, "ids": ids}) for name, ids in examples[:SHOWN]]
        metadata["examples"] = dg.MetadataValue.table(records)
        text += f": {', '.join(f'{name} {ids}' for name, ids in examples[:IN_TEXT])}"
    return Verdict(False, f"{text}; each counts as an id of its own", metadata, is_warning=True)


def _ids(silver: SilverDay) -> list[str]:
    columns = silver.table.source_columns
    return [c.name for c in columns if c.dtype == pl.String and c.name.endswith("_id") and not c.allowed]


def _odd_spellings(ids: pl.Series) -> Iterator[list[str]]:
    """Ids that differ only in spelling, together, and each id that a spreadsheet has written."""
    plain = pl.col(ids.name)
    for pattern, replacement in PLAIN:
        plain = plain.str.replace(pattern, replacement)
    by_plain = ids.drop_nulls().unique().to_frame().group_by(plain.alias("plain")).agg(ids.name)
    spellings = pl.col(ids.name)
    odd = (spellings.list.len() > 1) | spellings.list.eval(pl.element().str.contains(SPREADSHEET)).list.any()
    yield from (sorted(alike) for alike in by_plain.filter(odd).sort("plain")[ids.name])
