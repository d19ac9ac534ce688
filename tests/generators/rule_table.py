"""Truth tables: values for the columns that a contract's rules compare, and the rules' verdicts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import polars as pl

from spark_jobs.contracts.contract import Column, SilverContract, columns, table_rules
from spark_jobs.contracts.rules import Limits, Rule
from spark_jobs.contracts.versions import CLOCKS_DIFFER

# Rules may treat the first partition of a feed differently from the next.
LIMITS = Limits(first_partition=date(2026, 1, 1))
NUMBERS = ("10.10", "30.30", "0.00", "0.01", "30.29", "30.31", "-0.01")
OLDEST = timedelta(days=30)
A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Linked:
    """Columns that rules compare with each other, directly or through a third column."""

    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]

    def rows(self, day: date) -> pl.DataFrame:
        """Every combination of null and of values at and next to the limits of the rules."""
        values = [_values(column, day) for column in self.columns]
        schema = {column.name: column.dtype for column in self.columns}
        return pl.DataFrame(list(product(*values)), schema=schema, orient="row")

    def verdicts(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The verdict of each rule on each row, in the order of the rules, by polars."""
        return rows.select(rule.holds(pl.col, LIMITS).alias(f"{n}") for n, rule in enumerate(self.rules))


def linked(contract: type[SilverContract]) -> list[Linked]:
    """The contract's rules in groups: two groups have at most the partition date in common."""
    found: list[tuple[set[str], list[Rule]]] = []
    for rule in table_rules(contract).rules:
        used, rules = _used(rule), [rule]
        for others in [group for group in found if (group[0] & used) - {"partition_date"}]:
            found.remove(others)
            used, rules = used | others[0], others[1] + rules
        found.append((used, rules))
    by_name = {column.name: column for column in columns(contract)}
    return [
        Linked(tuple(column for name, column in by_name.items() if name in used), tuple(rules))
        for used, rules in found
    ]


def _used(rule: Rule) -> set[str]:
    """Names of the columns that a rule reads."""
    used: set[str] = set()

    def col(name: str) -> pl.Expr:
        used.add(name)
        return pl.col(name)

    rule.holds(col, LIMITS)
    return used


def _values(column: Column, day: date) -> Iterator[Any]:
    """Values of a column's type, the most usual first; null is last, unless the column always has a value."""
    dtype = column.dtype
    if column.name == "partition_date":
        yield from (day, LIMITS.first_partition)
        return
    if isinstance(dtype, pl.Decimal):
        largest = Decimal(10**dtype.precision - 1).scaleb(-dtype.scale)
        yield from (*map(Decimal, NUMBERS), largest)
    elif dtype in (pl.Int32, pl.Int64):
        yield from (3, 1, 0)
    elif dtype == pl.Date:
        yield from (day, LIMITS.first_partition, day + timedelta(days=1), day - timedelta(days=400))
    elif isinstance(dtype, pl.Datetime):
        midnight = datetime.combine(day, time())
        edges = (midnight, midnight + timedelta(days=1), midnight - OLDEST)
        yield from (midnight + timedelta(hours=12), *edges, *(edge - A_MOMENT for edge in edges))
        yield midnight + CLOCKS_DIFFER
    else:
        yield from column.allowed or ("a", "b")
    yield None
