"""Where the records of a day went, and how much readable money they held: the numbers of the row ledger.

They are counted from the verdicts, in the pass that compares the reading with the manifest. Whether the
tables hold what is counted here is what the row ledger check verifies.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from spark_jobs.contracts.table import Table


@dataclass
class Tally:
    """A number of records and the readable money in them."""

    rows: int = 0
    amount: Decimal = Decimal(0)

    def add(self, rows: int, amount: Decimal) -> None:
        """Count these too; negative numbers take away."""
        self.rows += rows
        self.amount += amount


def verdict_sums(table: Table) -> list[Column]:
    """What to add up over judged records for `tallies`: those that passed all row rules, and the others."""
    amount = table.rules.amount
    passed, money = F.size("reasons") == 0, F.col(f"value.{amount}") if amount else F.lit(0)
    return [
        F.count_if(passed).alias("_passed"),
        F.count_if(~passed).alias("_refused"),
        _sum_of(F.when(passed, money)).alias("_passed_amount"),
        _sum_of(F.when(~passed, money)).alias("_refused_amount"),
    ]


def sums_of_findings(findings: DataFrame) -> list[Row]:
    """What `group_findings` found, added up by day and by where the rows go."""
    repeated = F.col("is_repeated_in_file")
    return (
        findings.groupBy("partition_date", "went")
        .agg(
            F.count(F.lit(1)),
            _sum_of("amount"),
            F.count_if(repeated),
            _sum_of(F.when(repeated, F.col("amount"))),
        )
        .collect()
    )


def tallies(files: Iterable[Row], moved: Iterable[Row]) -> dict[tuple[str, date], Tally]:
    """Tallies by (silver | duplicate | superseded | quarantined, day), and repeated: a part of duplicate.

    Args:
        files: the `verdict_sums` of each file and partition_date.
        moved: the `sums_of_findings` about the rows that passed.
    """
    tally_of: dict[tuple[str, date], Tally] = defaultdict(Tally)
    for row in files:
        day = row["partition_date"]
        tally_of["silver", day].add(row["_passed"], row["_passed_amount"])
        tally_of["quarantined", day].add(row["_refused"], row["_refused_amount"])
    for day, where, rows, amount, repeated_rows, repeated_amount in moved:
        tally_of["silver", day].add(-rows, -amount)
        tally_of[where, day].add(rows, amount)
        if where == "duplicate":
            tally_of["repeated", day].add(repeated_rows, repeated_amount)
    return tally_of


def _sum_of(amount: Column | str) -> Column:
    return F.coalesce(F.sum(amount), F.lit(0))
