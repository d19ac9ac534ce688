"""Rows of good tables in which tests make defects, so that each defect has rows of its own."""

import re
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any

from tests.harness.gold_lake import GoldLake
from tests.harness.gold_silver import Row

TEXT, NUMBER = ("varchar", "char"), ("bigint", "integer", "decimal")


class UntouchedRows:
    """Hands out the rows of a lake's tables, each once.

    Data tests compare tables, so a defect in one table may hide a defect in another. Good rows have the same
    order in all tables: row 7 of each comes from the same record of silver. So a row number is taken in all
    incremental tables at once. A table that every run replaces has numbers of its own.
    """

    def __init__(self, lake: GoldLake) -> None:
        """Nothing is taken yet."""
        self._lake, self._numbers, self._stray = lake, defaultdict(count), count()
        self._keys = {
            lake.tested[name]: test.test_metadata.kwargs["columns"]
            for name, test in lake.data_tests.items()
            if test.test_metadata.name == "unique_key"
        }
        self.of = cache(self._of)

    def take(self, model: str) -> Row:
        """The next row of a table, in the order of its key."""
        is_whole = model in self._lake.materialized("table")
        rows, number = self.of(model), next(self._numbers[model if is_whole else ""])
        assert number < len(rows), f"{model} has {len(rows)} good rows, too few for all defects: deliver more"
        return rows[number]

    def last_with(self, model: str, condition: str) -> Row:
        """The last row that fulfils a condition, taken or not."""
        key = " desc, ".join(self._key_columns(model))
        statement = f"select * from {self.table(model)} where {condition} order by {key} desc limit 1"
        return self._lake.rows(statement)[0]

    def numbers_in(self, model: str, expression: str) -> list[str]:
        """The columns of numbers that an expression names."""
        columns = self._lake.models[model].columns.values()
        words = re.findall(r"\w+", expression)
        return [c.name for c in columns if c.name in words and c.data_type.startswith(NUMBER)]

    def key(self, model: str, row: Row) -> Row:
        """The columns by which a row is known."""
        return part(row, self._key_columns(model))

    def update(self, model: str, row: Row, change: str) -> str:
        """A statement that changes the row: `column = value`."""
        return f"update {self.table(model)} set {change} where {equal(self.key(model, row))}"

    def insert(self, model: str, *rows: Row) -> str:
        """A statement that adds rows."""
        columns = {column.name: column.data_type for column in self._lake.models[model].columns.values()}
        values = (
            ", ".join(f"cast({literal(row[name])} as {columns[name]})" for name in columns) for row in rows
        )
        return f"insert into {self.table(model)} ({', '.join(columns)}) values ({'), ('.join(values)})"

    def table(self, model: str) -> str:
        """The model's table in Trino."""
        return self._lake.table(model)

    def stray_value(self, model: str, column: str) -> Any:
        """A value of the column that is nowhere else, and not the -1 of an unknown member."""
        number = next(self._stray)
        is_text = self._lake.models[model].columns[column].data_type.startswith(TEXT)
        return f"?{number}" if is_text else -2 - number

    def _of(self, model: str) -> list[Row]:
        key = ", ".join(self._key_columns(model))
        return self._lake.rows(f"select * from {self.table(model)} order by {key}")

    def _key_columns(self, model: str) -> list[str]:
        key = self._keys.get(model)
        assert key, f"{model} has data tests, but none of the kind unique_key"
        return key


def part(row: Row, columns: list[str]) -> Row:
    """Some columns of a row."""
    return {column: row[column] for column in columns}


def equal(values: Row) -> str:
    """The condition that a row has these values."""
    return " and ".join(f"{column} = {literal(value)}" for column, value in values.items())


def literal(value: Any) -> str:
    """The value in Trino's SQL."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, date):
        return f"{'timestamp' if isinstance(value, datetime) else 'date'} '{value}'"
    assert isinstance(value, int | Decimal), f"{value!r} of a type that no table of gold has had yet"
    return f"{value}"
