"""A contract resolved: what the steps need to know of its table, read from the Pandera model once.

No Spark and no Dagster. Code that judges rows by Pandera needs the model itself: it is `Table.contract`.
"""

import inspect
from dataclasses import dataclass
from functools import cache, cached_property

from spark_jobs.contracts.contract import (
    Column,
    Contract,
    SilverContract,
    columns,
    names,
    source_columns,
    table_rules,
)
from spark_jobs.contracts.rules import TableRules

SILVER = "s3://datalake/silver"


@dataclass(frozen=True)
class Table:
    """A Delta table of silver as its contract describes it. Each property is read from the model once."""

    contract: type[Contract]

    @cached_property
    def rules(self) -> TableRules:
        """Names, key and rules of the table."""
        return table_rules(self.contract)

    @property
    def domain(self) -> str:
        """The domain, which is also the table's schema in Trino."""
        return self.rules.domain

    @property
    def name(self) -> str:
        """The table's name in silver: `domain.table`."""
        return f"{self.rules.domain}.{self.rules.table}"

    @cached_property
    def description(self) -> str:
        """What one row is, as the contract's docstring says."""
        return inspect.cleandoc(self.contract.__doc__ or "")

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """All columns of the table, in order."""
        return tuple(columns(self.contract))

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(names(self.columns))

    @cached_property
    def source_columns(self) -> tuple[Column, ...]:
        """The columns that a delivery carries; none for a table whose rows the steps themselves make."""
        return tuple(source_columns(self.contract)) if issubclass(self.contract, SilverContract) else ()

    @cached_property
    def source_names(self) -> tuple[str, ...]:
        """The names of the columns that a delivery carries."""
        return tuple(names(self.source_columns))

    @cached_property
    def location(self) -> str:
        """Where the Delta table lives."""
        return f"{SILVER}/{self.rules.domain}/{self.rules.table}"

    @property
    def in_sql(self) -> str:
        """The Delta table as a statement of Spark names it."""
        return f"delta.`{self.location}`"


@cache
def table_of(contract: type[Contract]) -> Table:
    """The table of a contract: always the same object."""
    return Table(contract)
