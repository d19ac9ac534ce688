"""A silver table as a domain declares it: the value that goes from reading to the ledger."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spark_jobs.contracts.contract import SilverContract
from spark_jobs.contracts.table import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class SilverTable(Table):
    """A contract and, where a table does more than select its columns, the function that makes its rows."""

    contract: type[SilverContract]
    transform: "Callable[[DataFrame], DataFrame] | None" = None

    def rows(self, values: "DataFrame") -> "DataFrame":
        """The table's rows, from the parsed records that passed all rules."""
        return self.transform(values) if self.transform else values.select(*self.column_names)
