"""Judges rows of a silver table by their contract with Pandera, independently of the Spark code."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from spark_jobs.contracts.contract import Column, Contract, columns, table_rules
from spark_jobs.contracts.rules import Limits
from spark_jobs.contracts.texts import BLANKS, PLACEHOLDERS
from spark_jobs.contracts.versions import OPERATION, UNCHANGED, may_be_unchanged

SHOWN = 10


@dataclass(frozen=True)
class Judgement:
    """What Pandera finds in some rows; `failures` has the first ones: column, check, failure_case, index."""

    failures: pl.DataFrame
    failed: int

    @property
    def passed(self) -> bool:
        """No check of the contract fails."""
        return self.failed == 0


def judge(rows: pl.DataFrame, contract: type[Contract], limits: Limits) -> Judgement:
    """Check every column and every rule of the contract on collected rows.

    Rows must be a DataFrame: of a LazyFrame, Pandera checks the schema only. They may be of several days, as
    no rule compares days. One call for all is better, because a call costs far more than a day's rows.
    """
    failures = pl.DataFrame()
    try:
        schema(contract, limits).validate(rows, lazy=True)
    except SchemaErrors as errors:
        failures = errors.failure_cases
    return Judgement(failures.head(SHOWN), failures.height)


def completeness(rows: pl.DataFrame) -> float:
    """The share of values that are not null, 0 to 1; 1 when there are no rows."""
    values = rows.height * rows.width
    return 1 - sum(rows.null_count().row(0)) / values if values else 1.0


def inconsistent(rows: pl.DataFrame, contract: type[Contract], limits: Limits) -> int:
    """How many rows break a rule across columns."""
    rules = [rule.holds(pl.col, limits).fill_null(value=True) for rule in table_rules(contract).rules]
    return rows.select((~pl.all_horizontal(rules)).sum()).item() if rules else 0


def schema(contract: type[Contract], limits: Limits) -> pa.DataFrameSchema:
    """Pandera's schema of the contract's columns and key, with the rules across columns and rows added."""
    rules = table_rules(contract)
    checks = [_check(rule.text, rule.holds(pl.col, limits)) for rule in rules.rules]
    checks += [
        _check(f"{c.name} without blanks around it, in Unicode's form NFC", _is_clean(c))
        for c in columns(contract)
        if c.dtype == pl.String
    ]
    checks += [
        _check(f"{c.name} a value", ~pl.col(c.name).str.to_lowercase().is_in(PLACEHOLDERS))
        for c in columns(contract)
        if c.dtype == pl.String and c.required and not c.allowed
    ]
    checks += [
        _check(f"{c.name} in lower case", ~pl.col(c.name).str.contains("[A-Z]"))
        for c in columns(contract)
        if c.spelling != "as_is"
    ]
    checks += [
        _check(f"{c.name} required", pl.col(c.name).is_not_null() | ~_is_due(c))
        for c in columns(contract)
        if c.required and c.nullable
    ]
    if rules.group_key:
        group = ["partition_date", rules.group_key]
        checks += [
            _check(
                f"lines of one {rules.group_key} agree on {name}", pl.col(name).n_unique().over(group) == 1
            )
            for name in rules.agree_on
        ]
    # Pandera caches the schema of a contract, so the checks are added to a copy.
    extended = copy(contract.to_schema())
    extended.checks = [*(extended.checks or []), *checks]
    return extended


def _is_due(column: Column) -> pl.Expr:
    """Whether a row must have a value of the required column."""
    is_due = pl.lit(value=True) if column.since is None else pl.col("partition_date") >= column.since
    if column.required_for:
        is_due &= pl.col(OPERATION).is_in(column.required_for)
    if may_be_unchanged(column):
        is_due &= ~pl.col(UNCHANGED).str.split(",").list.contains(column.name).fill_null(value=False)
    return is_due


def _is_clean(column: Column) -> pl.Expr:
    """The text is not empty, has no blank at either end, and is composed."""
    text = pl.col(column.name)
    clean = text.str.strip_chars(BLANKS)
    # J with a caron is two characters, in lower case it can be one: so lower-case texts need not be composed.
    clean = clean.str.normalize("NFC") if column.spelling == "as_is" else clean
    return (text == clean) & (text != "")


def _check(text: str, holds: pl.Expr) -> pa.Check:
    def holds_in_every_row(data: Any) -> pl.LazyFrame:
        return data.lazyframe.select(holds.fill_null(value=True))

    function: Callable[[Any], pl.LazyFrame] = holds_in_every_row
    return pa.Check(function, name=text, error=text)
