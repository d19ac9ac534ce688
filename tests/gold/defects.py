"""Defects in gold's tables, each with the row that a data test returns when it finds this defect.

They are derived from the arguments of the data tests in dbt's manifest. So a new model with data tests of
these kinds needs no further test. What breaks a domain's own rule cannot be derived: `RULES` in the domain's
`good_rows` says it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.gold.untouched_rows import UntouchedRows, equal, literal, part
from tests.harness.gold_lake import GoldLake
from tests.harness.gold_silver import Row

# The kind of data test that adds up a whole table.
SUM = "agrees_in_sum"


@dataclass(frozen=True)
class Defect:
    """A statement that makes the defect in a table, and columns of a row that the data test then returns."""

    test: str
    table: str
    statement: str
    shown: Row


Planned = Iterator[tuple[str, str, Row]]
Arguments = Mapping[str, Any]


def defects(lake: GoldLake, rules: Mapping[str, str]) -> list[Defect]:
    """Defects for all data tests that return one row per error; no two defects share a row.

    `rules` has, for each of the domain's own tests, a change that breaks its rule, as `column = value`.
    """
    rows, planned = UntouchedRows(lake), []
    for name, test in lake.data_tests.items():
        model, kind = lake.tested[name], test.test_metadata
        if kind.name in PLANS:
            made = PLANS[kind.name](rows, model, kind.kwargs)
        else:
            made = _broken_rule(rows, model, rules[name]) if name in rules else ()
        planned += [Defect(name, *defect) for defect in made]
    return planned


def defects_of_sums(lake: GoldLake) -> list[Defect]:
    """Defects for the data tests that return one row for a whole table, so that one defect hides another.

    For each column of the sum: a row in which it is too high, and a row that is lost.
    """
    planned = []
    for name, test in lake.data_tests.items():
        if test.test_metadata.name != SUM:
            continue
        rows, model, amount = UntouchedRows(lake), lake.tested[name], test.test_metadata.kwargs["amount"]
        table, row = lake.table(model), rows.last_with(model, f"{amount} <> 0")
        in_all = lake.query(f"select sum({amount}) from {table}")[0][0]
        in_row = lake.query(f"select {amount} from {table} where {equal(rows.key(model, row))}")[0][0]
        for column in rows.numbers_in(model, amount):
            shown = {"amount": in_all + 1, "other_amount": in_all}
            planned.append(Defect(name, model, rows.update(model, row, f"{column} = {column} + 1"), shown))
        lost = f"delete from {table} where {equal(rows.key(model, row))}"
        planned.append(Defect(name, model, lost, {"amount": in_all - in_row, "other_amount": in_all}))
    return planned


def _unique_key(rows: UntouchedRows, model: str, test: Arguments) -> Planned:
    """A second row of a key, from another silver day; in a whole table also a key column without a value."""
    row = rows.take(model)
    second = row | {name: row[name] - timedelta(days=1) for name in row if name == "source_partition_date"}
    yield model, rows.insert(model, second), part(row, test["columns"])
    for column in test["columns"] if test.get("whole") else ():
        row = rows.take(model)
        yield model, rows.update(model, row, f"{column} = null"), rows.key(model, row) | {column: None}


def _stray_value(shown_as: str) -> Callable[[UntouchedRows, str, Arguments], Planned]:
    """A value that is not in the other table, or not in the list."""

    def plan(rows: UntouchedRows, model: str, test: Arguments) -> Planned:
        column = test["column_name"]
        stray = rows.stray_value(model, column)
        yield model, rows.update(model, rows.take(model), f"{column} = {literal(stray)}"), {shown_as: stray}

    return plan


def _agrees_with_orders(rows: UntouchedRows, model: str, test: Arguments) -> Planned:
    """For each column a date on which only it is too high, and a date whose rows are lost."""
    amounts = list(test["amounts"])
    for wrong in amounts:
        row = rows.take(model)
        sums = _sums_of_date(rows, model, row, amounts)
        yield model, rows.update(model, row, f"{wrong} = {wrong} + 1"), sums | {wrong: sums[wrong] + 1}
    row = rows.take(model)
    sums = _sums_of_date(rows, model, row, amounts)
    statement = f"delete from {rows.table(model)} where {equal(part(row, ['order_date']))}"
    yield model, statement, sums | dict.fromkeys(amounts, 0)


def _sums_of_date(rows: UntouchedRows, model: str, row: Row, amounts: list[str]) -> Row:
    """What the test has for the row's date. Both sides are equal, as the rows are good."""
    day = row["order_date"]
    of_date = [other for other in rows.of(model) if other["order_date"] == day]
    sums = {column: sum(other[column] for other in of_date) for column in amounts}
    return {"order_date": day, **sums, **{f"of_orders_{column}": value for column, value in sums.items()}}


def _sum_of_lines(rows: UntouchedRows, model: str, test: Arguments) -> Planned:
    """An amount that is too high, and a row whose lines are lost."""
    key, amount, lines = test["key"], test["amount"], _referred(test["lines"])
    row = rows.take(model)
    shown = {key: row[key], amount: row[amount] + 1, "sum_of_lines": row[amount]}
    yield model, rows.update(model, row, f"{amount} = {amount} + 1"), shown
    row = rows.take(model)
    statement = f"delete from {rows.table(lines)} where {equal(part(row, [key]))}"
    yield lines, statement, part(row, [key, amount]) | {"sum_of_lines": None}


def _broken_rule(rows: UntouchedRows, model: str, change: str) -> Planned:
    row = rows.take(model)
    yield model, rows.update(model, row, change), rows.key(model, row)


PLANS: dict[str, Callable[[UntouchedRows, str, Arguments], Planned]] = {
    "unique_key": _unique_key,
    "relationships": _stray_value(shown_as="from_field"),
    "accepted_values": _stray_value(shown_as="value_field"),
    "agrees_with_orders": _agrees_with_orders,
    "sum_of_lines": _sum_of_lines,
}


def _referred(text: str) -> str:
    """The model in an argument of a data test: orders for ref('orders')."""
    found = re.fullmatch(r"ref\('(\w+)'\)", text)
    assert found, f"{text} is no ref('...')"
    return found.group(1)
