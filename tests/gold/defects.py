"""Defects in gold's tables, each with the row by which a data test shows that it has found this one.

They are derived from what dbt's manifest says of a data test, so that a new model with tests of these kinds
is tested by being declared. What breaks a rule of a domain's own cannot be derived: the RULES of the domain's
`good_rows` say it.
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
    """A statement that plants it in a table, and columns of a row that the data test then finds."""

    test: str
    table: str
    statement: str
    shown: Row


Planned = Iterator[tuple[str, str, Row]]
Arguments = Mapping[str, Any]


def defects(lake: GoldLake, rules: Mapping[str, str]) -> list[Defect]:
    """Defects for all data tests that show what is wrong row by row; each defect is in rows of its own.

    `rules` has for a test of the domain's own the change of a row that breaks its rule, as `column = value`.
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
    """Defects for the data tests that have one row for a whole table, so that one hides another.

    For each column of the sum a row in which it is too high, and a row that is lost.
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
    """A value that the other table, or the list, does not have."""

    def plan(rows: UntouchedRows, model: str, test: Arguments) -> Planned:
        column = test["column_name"]
        stray = rows.stray_value(model, column)
        yield model, rows.update(model, rows.take(model), f"{column} = {literal(stray)}"), {shown_as: stray}

    return plan


def _agrees_with_orders(rows: UntouchedRows, model: str, test: Arguments) -> Planned:
    """For each column a date on which it alone is too high, and a date of which the rows are lost."""
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
    """What the test has for the row's date: here and of the orders it is the same, as the rows are good."""
    day = row["order_date"]
    of_date = [other for other in rows.of(model) if other["order_date"] == day]
    sums = {column: sum(other[column] for other in of_date) for column in amounts}
    return {"order_date": day, **sums, **{f"of_orders_{column}": value for column, value in sums.items()}}


def _sum_of_lines(rows: UntouchedRows, model: str, test: Arguments) -> Planned:
    """An amount that is too high, and a row of which the lines are lost."""
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
    """The model that an argument of a data test names: ref('orders') is orders."""
    found = re.fullmatch(r"ref\('(\w+)'\)", text)
    assert found, f"{text} is no ref('...')"
    return found.group(1)
