"""A silver table as a domain declares it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spark_jobs.contracts.contract import SilverContract, columns, names, table_rules
from spark_jobs.contracts.rules import TableRules

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class SilverTable:
    """A contract and, where a table does more than select its columns, the function that makes its rows."""

    contract: type[SilverContract]
    transform: "Callable[[DataFrame], DataFrame] | None" = None

    @property
    def rules(self) -> TableRules:
        """Names, key and rules of the table."""
        return table_rules(self.contract)

    def rows(self, values: "DataFrame") -> "DataFrame":
        """The table's rows from parsed records that passed all rules."""
        if self.transform:
            return self.transform(values)
        return values.select(names(columns(self.contract)))
