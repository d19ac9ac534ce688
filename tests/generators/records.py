"""Records of any contract: good ones, broken ones, and one record written differently.

All are derived from the contract, so a new table is tested as soon as it is declared.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl

from spark_jobs.contracts.contract import Column, SilverContract, source_columns, table_rules
from tests.generators.rule_table import Linked, linked
from tests.generators.texts import NUMBERED, PATTERNS, REFUSED

# The partition date on which the good records are good.
DAY = date(2026, 7, 15)
NOON = datetime.combine(DAY, time(12))
Record = dict[str, str]


def good_record(contract: type[SilverContract], group: int = 1, member: int = 1) -> Record:
    """A record that no rule refuses; records of one group agree where they must, and have different keys."""
    rules = table_rules(contract)
    of_group = {rules.group_key or rules.key[0], *rules.agree_on}
    record = {}
    for column in source_columns(contract):
        value = _good_values(contract).get(column.name)
        if column.name in of_group:
            value = _numbered(column, value, group)
        elif column.name in rules.key:
            value = _numbered(column, value, member)
        record[column.name] = text_of(value)
    return record


@cache
def good_sets(contract: type[SilverContract]) -> list[Record]:
    """Texts for the columns that rules compare, which keep all rules; none when there are no rules."""
    good = [_some(_good_rows(rules), 6) for rules in linked(contract)]
    return [record for records in good for record in records]


@cache
def broken_sets(contract: type[SilverContract]) -> list[Record]:
    """Texts for these columns that break a rule: some for each rule, which may break other rules too."""
    found = []
    for some in linked(contract):
        rows = _on_the_day(some)
        verdicts = some.verdicts(rows)
        for rule in verdicts.columns:
            found += _some(rows.filter(~verdicts[rule]), 3)
    return found


def reworded(column: Column, text: str) -> str:
    """Another text of the same value."""
    if not text:
        return " "
    if isinstance(column.dtype, pl.Decimal) or column.dtype in (pl.Int32, pl.Int64):
        return f"\t{text[0]}0{text[1:]}" if text[0] in "+-" else f"+0{text} "
    if isinstance(column.dtype, pl.Datetime):
        return text.replace("Z", "+00:00").replace("T", " ")
    said = {"snake": text.replace("_", "-").upper(), "lower": text.upper()}.get(column.spelling, text)
    return f" {said}\t"


@cache
def _good_values(contract: type[SilverContract]) -> dict[str, Any]:
    found = {column.name: _usual_value(column) for column in source_columns(contract)}
    for some in linked(contract):
        found |= _good_rows(some).row(0, named=True)
    return found


def _good_rows(some: Linked) -> pl.DataFrame:
    rows = _on_the_day(some)
    good = rows.filter(pl.all_horizontal(some.verdicts(rows)), *_within_bounds(some))
    if good.is_empty():
        listed = ", ".join(column.name for column in some.columns)
        raise LookupError(f"no combination of {listed} is good: give rule_table.py a value for it")
    return good.drop("partition_date", strict=False)


def _some(rows: pl.DataFrame, count: int) -> list[Record]:
    """A few rows, spread over the frame, as texts."""
    few = rows.drop("partition_date", strict=False).gather_every(max(1, rows.height // count))
    return [{name: text_of(value) for name, value in row.items()} for row in few.to_dicts()]


def _on_the_day(some: Linked) -> pl.DataFrame:
    """Combinations without a null that a record of `DAY` may have."""
    rows = some.rows(DAY).drop_nulls()
    return rows.filter(pl.col("partition_date") == DAY) if "partition_date" in rows.columns else rows


def _within_bounds(some: Linked) -> list[pl.Expr]:
    above = [pl.col(c.name) > c.above for c in some.columns if c.above is not None]
    return above + [pl.col(c.name) >= c.at_least for c in some.columns if c.at_least is not None]


def _usual_value(column: Column) -> Any:
    """A value that the column accepts; None if it may be missing."""
    if not column.required:
        return None
    dtype, bounds = column.dtype, (column.above, column.at_least)
    if isinstance(dtype, pl.Decimal) or dtype in (pl.Int32, pl.Int64):
        number = max(3, *(bound + 1 for bound in bounds if isinstance(bound, int)), 3)
        if isinstance(dtype, pl.Decimal):
            return Decimal(number).quantize(Decimal(1).scaleb(-dtype.scale))
        return number
    if dtype == pl.Date or isinstance(dtype, pl.Datetime):
        return DAY if dtype == pl.Date else NOON
    if column.allowed:
        return column.allowed[0]
    if column.pattern:
        return next(value for _, value in PATTERNS[column.meaning or ""] if value != REFUSED)
    return column.name


def _numbered(column: Column, value: Any, number: int) -> Any:
    """A different value for each number, unless the column accepts only a few."""
    if isinstance(column.dtype, pl.Datetime):
        return (value or NOON) + timedelta(milliseconds=number)
    if column.dtype == pl.Date:
        return (value or DAY) - timedelta(days=number)
    if column.dtype != pl.String:
        return number
    if column.pattern:
        return NUMBERED.get(column.meaning or "", value).format(number)
    return value if column.allowed else f"{column.name}_{number}"


def text_of(value: Any) -> str:
    """A value as text in a record; None is an empty text."""
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    return "" if value is None else str(value)
