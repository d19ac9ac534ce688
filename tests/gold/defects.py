"""Defects in gold's tables, each with the row that a data test returns when it finds this defect.

They are derived from the arguments of the data tests in dbt's manifest. So a new model with data tests of
these kinds needs no further test. What breaks a domain's own rule cannot be derived: `RULES` in the domain's
`good_rows` says it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.gold.untouched_rows import UntouchedRows, equal, literal, part
from tests.harness.gold_lake import START, GoldLake
from tests.harness.gold_silver import Row


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
            made = PLANS[kind.name](rows, model, {**kind.kwargs, "where": test.config.where})
        else:
            made = _broken_rule(rows, model, rules[name]) if name in rules else ()
        planned += [Defect(name, *defect) for defect in made]
    return planned


def defects_of_sums(lake: GoldLake) -> list[Defect]:
    """Defects for the data tests that return one row for many, so that one defect hides another.

    For each column of the sum: a row in which it is too high, and a row that is lost.
    """
    planned = []
    for name, test in lake.data_tests.items():
        if shown_by := SUMS.get(test.test_metadata.name):
            rows, model, amount = UntouchedRows(lake), lake.tested[name], test.test_metadata.kwargs["amount"]
            row, table = rows.key(model, rows.last_with(model, f"{amount} <> 0")), lake.table(model)
            [(in_row,)] = lake.query(f"select {amount} from {table} where {equal(row)}")
            [(count, in_all)] = lake.query(f"select count(*), sum({amount}) from {table}")
            for column in rows.numbers_in(model, amount):
                too_high = rows.update(model, row, f"{column} = {column} + 1")
                planned.append(Defect(name, model, too_high, shown_by(count, count, in_all + 1, in_all)))
            lost = f"delete from {table} where {equal(row)}"
            planned.append(Defect(name, model, lost, shown_by(count - 1, count, in_all - in_row, in_all)))
    return planned


def _sums(_count: int, _other_count: int, amount: Any, other_amount: Any) -> Row:
    return {"amount": amount, "other_amount": other_amount}


def _sums_of_first_day(count: int, expected_count: int, amount: Any, expected_amount: Any) -> Row:
    counts = {"row_count": count, "expected_row_count": expected_count}
    sums = {"amount": amount, "expected_amount": expected_amount}
    return {"source_partition_date": START, **counts, **sums}


SUMS: dict[str, Callable[[int, int, Any, Any], Row]] = {
    "agrees_in_sum": _sums,
    "agrees_with_current_rows": _sums_of_first_day,
}


def _unique_key(rows: UntouchedRows, model: str, test: Arguments) -> Planned:
    """A second row of a key, on another day if the test looks at all days; in a whole table also a null."""
    row = rows.take(model)
    days = [name for name in row if name == "source_partition_date" and test["where"] == "true"]
    second = row | {name: row[name] - timedelta(days=1) for name in days}
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


def _exists_in(rows: UntouchedRows, model: str, test: Arguments) -> Planned:
    """A key that the other table does not have."""
    yield from _stray_value(shown_as=test["column_name"])(rows, model, test)


def _valid_without_overlap(rows: UntouchedRows, model: str, _: Arguments) -> Planned:
    """A version that starts late, one that ends as it starts, two at once, a gap, none that is current."""
    for change in (f"valid_from = {literal(datetime(1900, 1, 2))}", "is_current = false"):
        row = rows.take(model)
        yield model, rows.update(model, row, change), rows.key(model, row)
    for first_end, second_start, shown in ((2, 2, 0), (5, 4, 0), (4, 5, 1)):
        row = rows.take(model)
        [key] = rows.key(model, row)
        added = [
            row | {key: rows.stray_value(model, key), **_validity(first, end)}
            for first, end in ((2, first_end), (second_start, None))
        ]
        yield model, rows.insert(model, *added), part(added[shown], [key])


def _validity(first: int, end: int | None) -> Row:
    valid_to = datetime(2026, 1, end) if end else None
    return {"valid_from": datetime(2026, 1, first), "valid_to": valid_to, "is_current": end is None}


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


def _newest_is_not_refused(rows: UntouchedRows, model: str, test: Arguments) -> Planned:
    """A version that is older than the refused one of its key."""
    row = rows.take(model)
    shown = {name: str(row[name]) for name in test["key"]}
    yield model, rows.update(model, row, "position = '0001/0000000000000011'"), shown


def _broken_rule(rows: UntouchedRows, model: str, change: str) -> Planned:
    row = rows.take(model)
    yield model, rows.update(model, row, change), rows.key(model, row)


PLANS: dict[str, Callable[[UntouchedRows, str, Arguments], Planned]] = {
    "unique_key": _unique_key,
    "relationships": _stray_value(shown_as="from_field"),
    "accepted_values": _stray_value(shown_as="value_field"),
    "exists_in": _exists_in,
    "valid_without_overlap": _valid_without_overlap,
    "newest_is_not_refused": _newest_is_not_refused,
    "agrees_with_orders": _agrees_with_orders,
    "sum_of_lines": _sum_of_lines,
}


def _referred(text: str) -> str:
    """The model in an argument of a data test: orders for ref('orders')."""
    found = re.fullmatch(r"ref\('(\w+)'\)", text)
    assert found, f"{text} is no ref('...')"
    return found.group(1)
