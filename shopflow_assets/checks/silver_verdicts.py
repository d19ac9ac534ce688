"""The verdict of each silver check on one day, from bronze, silver, quarantine and ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import dagster as dg
import polars as pl

from shopflow_assets.silver.reader import SilverReader
from shopflow_assets.sources.bronze import BronzeTable
from shopflow_assets.verdict import Verdict
from spark_jobs.contracts.contract import may_be_shown
from spark_jobs.contracts.judge import Judgement, completeness, inconsistent, judge
from spark_jobs.contracts.reasons import NOT_SHOWN
from spark_jobs.contracts.rules import Limits
from spark_jobs.contracts.table import Table
from spark_jobs.manifest import Manifest
from spark_jobs.shown_text import shown

# Where the records of a day may be, in the ledger.
PARTS = ("silver_rows", "duplicate_rows", "superseded_rows", "quarantined_rows")


@dataclass(frozen=True)
class SilverDay:
    """One day of a silver table with all that its checks compare."""

    table: Table
    day: date
    manifest: Manifest
    rows: pl.DataFrame
    quarantine: pl.DataFrame
    ledger: dict[str, Any] | None
    version: int

    @classmethod
    def read(cls, reader: SilverReader, bronze: BronzeTable, day: date) -> "SilverDay":
        """Read the day from the lake; a day that was never landed has an empty manifest."""
        table = bronze.table
        return cls(
            table=table,
            day=day,
            manifest=bronze.manifest(day) or bronze.empty_manifest(day),
            rows=reader.rows(table, day),
            quarantine=reader.quarantine(table, day),
            ledger=reader.ledger(table, day),
            version=reader.version(table),
        )


def contract(days: Sequence[SilverDay], limits: Limits) -> dict[date, Verdict]:
    """Pandera's judgement per day: one call for all days, and if that fails, one for each."""
    model = days[0].table.contract
    together = judge(pl.concat(silver.rows for silver in days), model, limits)
    is_verdict_of_each = together.passed or len(days) == 1
    return {
        silver.day: _contract(
            silver, limits, together if is_verdict_of_each else judge(silver.rows, model, limits)
        )
        for silver in days
    }


def row_ledger(silver: SilverDay) -> Verdict:
    """No record is lost, and the ledger describes the present bronze and silver."""
    ledger = silver.ledger
    if ledger is None:
        return Verdict(False, "the day is not in the ledger: materialize silver for it")
    wrong = [
        f"{what}: {actual}, expected {expected}"
        for what, actual, expected in (
            ("manifest of the ledger", ledger["manifest_sha256"][:12], silver.manifest.sha256[:12]),
            ("bronze_rows", ledger["bronze_rows"], silver.manifest.records),
            ("sum of where the records went", sum(ledger[part] for part in PARTS), silver.manifest.records),
            ("rows in silver", silver.rows.height, ledger["silver_rows"]),
            ("rows in quarantine", silver.quarantine.height, ledger["quarantined_rows"]),
        )
        if actual != expected
    ]
    if ledger["silver_version"] > silver.version:
        wrong.append(f"silver is at version {silver.version}, the ledger at {ledger['silver_version']}")
    metadata = {"bronze_rows": ledger["bronze_rows"]} | {part: ledger[part] for part in PARTS}
    if wrong:
        return Verdict(False, "; ".join([*wrong, "materialize silver for the day again"]), metadata)
    return Verdict(True, f"all {silver.manifest.records} records are accounted for", metadata)


def reconciliation(silver: SilverDay) -> Verdict:
    """Compares the money in the files, by the strict reader, with that in silver and in what was left out.

    Where the source itself counted what it gave, silver must have that, too.
    """
    amount, claim = silver.table.rules.amount, silver.manifest.claim
    if claim and claim.rows != _accounted(silver):
        text = (
            f"the source counts {claim.rows} rows of the day, {_accounted(silver)} of them are accounted for"
        )
        return Verdict(False, text, {"source_rows": claim.rows})
    if amount is None:
        return Verdict(True, "the table has no money column")
    ledger = silver.ledger or {}
    bronze = silver.manifest.amount or Decimal(0)
    parts: dict[str, Decimal] = {
        "silver_amount": Decimal(silver.rows[amount].cast(pl.Decimal(38, 2)).sum() or 0),
        "duplicate_amount": ledger.get("duplicate_amount") or Decimal(0),
        "superseded_amount": ledger.get("superseded_amount") or Decimal(0),
        "quarantined_amount": ledger.get("quarantined_amount") or Decimal(0),
    }
    accounted = sum(parts.values(), Decimal(0))
    difference = bronze - accounted
    metadata = {name: str(value) for name, value in {"bronze_amount": bronze, **parts}.items()}
    metadata |= {"difference": str(difference)}
    if claim and claim.amount != accounted:
        metadata |= {"source_amount": str(claim.amount)}
        text = f"the source counts {claim.amount} as {amount} of the day, {accounted} is accounted for"
        return Verdict(False, text, metadata)
    return Verdict(difference == 0, f"{amount}: {bronze} in bronze, {difference} of it unexplained", metadata)


def _accounted(silver: SilverDay) -> int:
    """Rows in silver now, and those that the ledger says were left out."""
    return silver.rows.height + sum((silver.ledger or {}).get(part, 0) for part in PARTS[1:])


def _contract(silver: SilverDay, limits: Limits, judgement: Judgement) -> Verdict:
    """The judgement, with the day's completeness, accuracy, consistency and timeliness."""
    judged = silver.rows.height + silver.quarantine.height
    texts = {rule.text for rule in silver.table.rules.rules}
    broken = inconsistent(silver.rows, silver.table.contract, limits)
    broken += sum(not texts.isdisjoint(reasons) for reasons in silver.quarantine["reasons"])
    metadata = {
        "rows": silver.rows.height,
        "completeness": round(completeness(silver.rows), 6),
        "accuracy": round(silver.rows.height / judged, 6) if judged else 1.0,
        "consistency": round(1 - broken / judged, 6) if judged else 1.0,
        "timeliness_hours": silver.manifest.hours_late,
    }
    if judgement.passed:
        return Verdict(True, f"{silver.rows.height} rows meet the contract", metadata)
    failures = [_failure(failure, silver) for failure in judgement.failures.to_dicts()]
    metadata["first_failures"] = dg.MetadataValue.table(failures)
    return Verdict(False, f"{judgement.failed} violations, the first: {failures[0].data}", metadata)


def _failure(failure: dict[str, Any], silver: SilverDay) -> dg.TableRecord:
    """Key, check and value of a failing row. No other columns and no personal value are shown."""
    rows, index, column = silver.rows, failure["index"], str(failure["column"])
    key = [name for name in silver.table.rules.key if name in rows.columns]
    of_key = {} if index is None else {name: shown(str(rows[name][index])) for name in key}
    value = failure["failure_case"] if failure["schema_context"] == "Column" else ""
    if value != "" and not may_be_shown(silver.table.contract, column):
        value = NOT_SHOWN
    check = str(failure["check"])
    return dg.TableRecord({**of_key, "column": column, "check": check, "value": shown(str(value))})
