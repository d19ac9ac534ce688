"""The checks of silver tables, made from their contracts; the blocking ones keep a bad day out of gold."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import dagster as dg
from more_itertools import constrained_batches
from pydantic import Field

from shopflow_assets.checks import quarantine_verdict, silver_warnings
from shopflow_assets.checks import silver_verdicts as verdicts
from shopflow_assets.days.check_records import recorded_verdicts
from shopflow_assets.days.day_report import DayReport, fail_for_bad_days
from shopflow_assets.days.gate import held_back
from shopflow_assets.days.partitions import run_days
from shopflow_assets.days.per_day import daily_specs
from shopflow_assets.days.run_tags import is_forced
from shopflow_assets.domain import Domain
from shopflow_assets.settings import settings
from shopflow_assets.silver.reader import SilverReader
from shopflow_assets.silver.silver_step import attempts, silver_key
from shopflow_assets.sources.bronze import BronzeTable
from shopflow_assets.verdict import Verdict
from spark_jobs.code_hash import code_hash
from spark_jobs.contracts.table import Table

DESCRIPTIONS = {
    "contract": "Every row of the day meets the table's contract, judged by Pandera independently of Spark.",
    "row_ledger": "Every record of the day's files is in silver, a removed duplicate, superseded or refused.",
    "quarantined_share": "Few of the day's records were refused: warns above 0, blocks above the limit.",
    "reconciliation": "The money in the day's files is in silver or in what was left out, to the cent.",
}

JUDGED_BY = "judged_by"
# A call of Pandera costs more than the rows of a day, so days share one; memory limits how many.
ROWS_AT_ONCE = 200_000


class QuarantineLimit(dg.Config):
    """What a run may change about the checks."""

    max_quarantined_share: float | None = Field(
        default=None,
        description="Share of refused records (0 to 1) above which this run holds a day back.",
    )


def blocking_checks(table: Table) -> list[dg.AssetCheckKey]:
    """The checks that the rows of a silver table must pass."""
    return [dg.AssetCheckKey(silver_key(table), name) for name in DESCRIPTIONS]


def silver_checks(domain: Domain) -> dg.AssetChecksDefinition:
    """One step for the checks of all silver tables of the domain, one result per table and day."""
    by_key = {silver_key(table): table for table in domain.tables}
    specs = [spec for key in by_key for spec in daily_specs(key, DESCRIPTIONS, blocking=True)]
    specs += [
        spec for key in by_key for spec in daily_specs(key, silver_warnings.DESCRIPTIONS, blocking=False)
    ]

    @dg.multi_asset_check(name=f"{domain.name}_silver_checks", specs=specs, can_subset=True)
    def judge(context: dg.AssetCheckExecutionContext, config: QuarantineLimit) -> Iterator:
        limit = config.max_quarantined_share
        share = settings().max_quarantined_share if limit is None else limit
        report, days = DayReport(context), run_days(context)
        reader = SilverReader(settings(), domain.name, days)
        keys = sorted({check.asset_key for check in context.selected_asset_check_keys})
        tables = [by_key[key] for key in keys]
        bronze = domain.source.bronze(tables)
        for key, table in zip(keys, tables, strict=True):
            may_skip = limit is None and _follows_silver(context, domain)
            to_judge = _days_to_judge(context, table, days, may_skip=may_skip)
            for day, of_day in _judge(reader, bronze[table], to_judge, float(share)).items():
                for name, verdict in of_day.items():
                    signed = replace(verdict, metadata={**verdict.metadata, JUDGED_BY: _judged_by()})
                    report.judged(dg.AssetCheckKey(key, name), day, signed)
        yield from report.events()
        fail_for_bad_days(context, domain.name, {}, attempts(tables))

    return judge


def _follows_silver(context: dg.AssetCheckExecutionContext, domain: Domain) -> bool:
    """Whether the run makes silver too. In a run of checks alone, they judge every day again."""
    op = context.op_execution_context
    # In a run of checks alone, the silver step executes for its check `made`, and makes no table.
    makes_some = any(silver_key(t) in op.job_def.asset_layer.selected_asset_keys for t in domain.tables)
    steps = op.get_step_execution_context().execution_plan.step_keys_to_execute
    return makes_some and f"{domain.name}_silver" in steps and not is_forced(context)


def _days_to_judge(
    context: dg.AssetCheckExecutionContext,
    table: Table,
    days: Sequence[date],
    *,
    may_skip: bool,
) -> list[date]:
    """The days that were landed and made; if `may_skip`, without those that passed already."""
    # A day that was not landed or made is not judged: silver has an older state of it.
    missing = held_back(context.instance, attempts([table]), days)
    present = [day for day in days if day not in missing]
    passed = _passed_days(context, table, present) if may_skip else set()
    return [day for day in present if day not in passed]


def _passed_days(context: dg.AssetCheckExecutionContext, table: Table, days: Sequence[date]) -> set[date]:
    """Days whose present rows already passed, by these checks and settings.

    A day that passed by a limit given for one run counts too: it stays accepted until it is made again.
    """
    bad = held_back(context.instance, blocking_checks(table), days)
    last = dg.AssetCheckKey(silver_key(table), "quarantined_share")
    recorded = recorded_verdicts(context.instance, last, [day.isoformat() for day in days])
    newest = {day: recorded[day.isoformat()][0] for day in days if day not in bad}
    judged_by = {day: verdict.result.metadata.get(JUDGED_BY) for day, verdict in newest.items()}
    return {day for day, code in judged_by.items() if code and code.value == _judged_by()}


def _judged_by() -> str:
    """Identifies the code and the limit that gave a verdict, so that a change of either is noticed."""
    code = code_hash("spark_jobs.contracts.judge", "spark_jobs.contracts.table").encode() + b"".join(
        Path(module.__file__).read_bytes() for module in (verdicts, quarantine_verdict, silver_warnings)
    )
    limits = f"{settings().max_quarantined_share} {settings().max_merged_share}"
    return f"{limits} {hashlib.sha256(code).hexdigest()[:12]}"


def _judge(
    reader: SilverReader, bronze: BronzeTable, days: Sequence[date], max_share: float
) -> Mapping[date, Mapping[str, Verdict]]:
    read = (verdicts.SilverDay.read(reader, bronze, day) for day in days)
    judged: dict[date, dict[str, Verdict]] = {}
    for batch in constrained_batches(read, ROWS_AT_ONCE, get_len=lambda day: day.rows.height, strict=False):
        of_contract = verdicts.contract(batch, settings().limits)
        judged |= {
            silver.day: {
                "contract": of_contract[silver.day],
                "row_ledger": verdicts.row_ledger(silver),
                "quarantined_share": quarantine_verdict.quarantined_share(
                    silver, max_share, float(settings().max_merged_share)
                ),
                "reconciliation": verdicts.reconciliation(silver),
                **silver_warnings.warnings(silver),
            }
            for silver in batch
        }
    return judged
