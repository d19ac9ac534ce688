"""What the silver step reports of one table: a materialization and the check `made` for each day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import dagster as dg

from shopflow_assets.days.day_report import DayReport
from shopflow_assets.days.gate import held_back
from shopflow_assets.days.materializations import newest_materializations
from shopflow_assets.silver.inputs import INPUT
from shopflow_assets.silver.reader import LedgerRow
from shopflow_assets.verdict import Verdict


@dataclass(frozen=True)
class TableReport:
    """The part of a run's report that is about one silver table."""

    key: dg.AssetKey
    report: DayReport

    @property
    def made_check(self) -> dg.AssetCheckKey:
        """The check that says whether a day was made."""
        return dg.AssetCheckKey(self.key, "made")

    def made(self, day: date, row: LedgerRow) -> None:
        """The day was made, as its ledger row says."""
        self.report.made(self.key, day, _ledger_metadata(row))
        self.report.judged(self.made_check, day, Verdict(True, f"{row['silver_rows']} rows are in silver"))

    def problem(self, day: date, problem: str) -> None:
        """The day was not made, and why."""
        self.report.failed(self.key, day, problem)
        self.report.judged(self.made_check, day, Verdict(False, problem))

    def unchanged(self, context: dg.AssetExecutionContext, rows: Mapping[date, LedgerRow]) -> None:
        """Silver holds these days already; one is reported as made only if Dagster does not know that.

        It does not when an earlier run died after the write and before its report.
        """
        newest = newest_materializations(context.instance, self.key, [day.isoformat() for day in rows])
        failed = held_back(context.instance, [self.made_check], rows.keys())
        for day, row in rows.items():
            known = newest.get(day.isoformat())
            if day in failed or known is None or known.metadata.get(INPUT) != row[INPUT]:
                self.made(day, row)
        if rows:
            context.log.info(f"{self.key.path[-1]}: {len(rows)} days unchanged, skipped")


def _ledger_metadata(row: LedgerRow) -> dict[str, Any]:
    counts = ("bronze_rows", "duplicate_rows", "superseded_rows", "quarantined_rows")
    amount = {} if row["silver_amount"] is None else {"silver_amount": str(row["silver_amount"])}
    return {
        "dagster/partition_row_count": row["silver_rows"],
        **{name: row[name] for name in counts},
        **amount,
        "delta_version": row["silver_version"],
        INPUT: row[INPUT],
    }
