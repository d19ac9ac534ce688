"""Silver as the tests of gold write it: straight into Delta tables, without Spark and bronze."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from deltalake import DeltaTable, write_deltalake

from local_stack.home import Home
from spark_jobs.contracts.table import Table
from spark_jobs.delta_storage import storage_options

Row = dict[str, Any]


@dataclass(frozen=True)
class Silver:
    """Some tables in a schema of their own in the stack's silver."""

    home: Home
    schema: str
    tables: Mapping[str, Table]
    # By table, the days that may have rows.
    _days: dict[str, set[date]] = field(default_factory=lambda: defaultdict(set))

    def make(self) -> None:
        """Make the tables that do not exist, and take all rows out of the others."""
        for name in self.tables:
            self._write(name, [], "true")

    def empty(self) -> None:
        """Take all rows out of all tables."""
        for name in [name for name, days in self._days.items() if days]:
            self._write(name, [], "true")
        self._days.clear()

    def deliver(self, day: date, rows: Mapping[str, Sequence[Row]]) -> None:
        """Replace a day of every table, quarantine first, as a run of Spark does."""
        assert rows.keys() <= self.tables.keys()
        for name in reversed([*self.tables]):
            if rows.get(name) or day in self._days[name]:
                self._write(name, rows.get(name, ()), f"partition_date = '{day}'")
                self._days[name].add(day)

    def frame(self, table: str) -> pl.DataFrame:
        """All rows of a table."""
        return pl.read_delta(self.location(table), storage_options=self._storage)

    def versions(self) -> dict[str, int]:
        """The newest version of each table, by the source's name in dbt."""
        return {
            table.name: DeltaTable(self.location(name), storage_options=self._storage).version()
            for name, table in self.tables.items()
        }

    def location(self, table: str) -> str:
        """Where a table's files are."""
        return f"s3://datalake/silver/{self.schema}/{table}"

    @property
    def _storage(self) -> dict[str, str]:
        settings = self.home.settings()
        options = storage_options(
            settings.s3_endpoint,
            settings.s3_region,
            settings.spark_s3_access_key,
            settings.spark_s3_secret_key.get_secret_value(),
        )
        return options | {"AWS_CONDITIONAL_PUT": "etag"}

    def _write(self, table: str, rows: Iterable[Row], where: str) -> None:
        schema = {column.name: column.dtype for column in self.tables[table].columns}
        frame = pl.DataFrame(list(rows), schema=schema, orient="row")
        write_deltalake(
            self.location(table),
            frame.to_arrow(),
            mode="overwrite",
            predicate=where,
            partition_by=["partition_date"],
            storage_options=self._storage,
        )
