"""The step that makes silver: all tables of a domain in one Spark job, the days that have something new."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import dagster as dg

from shopflow_assets.checks.per_day import Verdict, daily_specs
from shopflow_assets.days.day_report import DayReport, fail_for_bad_days
from shopflow_assets.days.gate import held_back
from shopflow_assets.days.materializations import newest_materializations
from shopflow_assets.days.partitions import DAILY, ONE_RUN, run_days
from shopflow_assets.days.run_tags import is_forced
from shopflow_assets.descriptions.catalogue import row_description, silver_metadata
from shopflow_assets.domain import Domain
from shopflow_assets.errors import StoreError
from shopflow_assets.settings import settings
from shopflow_assets.silver.inputs import INPUT, input_sha256
from shopflow_assets.silver.reader import LedgerRow, SilverReader
from shopflow_assets.sources.bronze import BronzeTable
from shopflow_assets.sources.landing_step import bronze_key
from spark_jobs.contracts.contract import Contract, SilverContract, table_rules
from spark_jobs.manifest import Manifest
from spark_jobs.silver_table import SilverTable

MADE = {"made": "Silver of the day was made from what is landed, and Spark read it as the manifest counts."}


def silver_key(contract: type[Contract]) -> dg.AssetKey:
    """The asset of a silver table."""
    rules = table_rules(contract)
    return dg.AssetKey(["silver", rules.domain, rules.table])


def silver_step(domain: Domain) -> dg.AssetsDefinition:
    """One step for all silver tables of the domain."""
    by_key = {silver_key(table.contract): table for table in domain.tables}
    specs = [
        dg.AssetSpec(
            key,
            deps=[bronze_key(table.contract)],
            description=row_description(table.contract),
            group_name=domain.name,
            kinds={"spark", "deltalake"},
            owners=["team:data-platform"],
            metadata=silver_metadata(table.contract),
            partitions_def=DAILY,
            skippable=True,
        )
        for key, table in by_key.items()
    ]

    @dg.multi_asset(
        name=f"{domain.name}_silver",
        specs=specs,
        check_specs=[spec for key in by_key for spec in daily_specs(key, MADE, blocking=True)],
        can_subset=True,
        backfill_policy=ONE_RUN,
        pool=f"{domain.name}_silver",
    )
    def make(context: dg.AssetExecutionContext) -> Iterator[Any]:
        report = DayReport(context)
        _make(context, domain.name, [by_key[key] for key in sorted(context.selected_asset_keys)], report)
        yield from report.events()
        fail_for_bad_days(context, domain.name, report.problems)

    return make


def attempts(contracts: Iterable[type[SilverContract]]) -> list[dg.AssetCheckKey]:
    """The checks that say whether days of these tables were landed and made."""
    names = ((bronze_key, "landed"), (silver_key, "made"))
    return [dg.AssetCheckKey(key(contract), name) for contract in contracts for key, name in names]


def _make(
    context: dg.AssetExecutionContext, domain: str, tables: Sequence[SilverTable], report: DayReport
) -> None:
    from spark_jobs.session import connect
    from spark_jobs.silver_job import make_silver

    days = run_days(context)
    reader = SilverReader(settings(), domain, days)
    hashes: dict[tuple[type[SilverContract], date], str] = {}
    wanted: dict[SilverTable, dict[date, Manifest]] = {}
    for table in tables:
        contract = table.contract
        landed = dg.AssetCheckKey(bronze_key(contract), "landed")
        refused = held_back(context.instance, [landed], days)
        manifests = _manifests(contract, [day for day in days if day not in refused], report)
        for day, manifest in manifests.items():
            hashes[contract, day] = input_sha256(
                table, manifest, settings().limits, reader.table_id(contract)
            )
        known = {day: reader.ledger(contract, day) for day in manifests}
        unchanged = {
            day: row
            for day, row in known.items()
            if row
            and row[INPUT] == hashes[contract, day]
            and reader.newest_write(contract, day) <= row["silver_version"]
            and not is_forced(context)
        }
        _report_unchanged(context, contract, unchanged, report)
        wanted[table] = {day: manifest for day, manifest in manifests.items() if day not in unchanged}
    if not any(wanted.values()):
        context.log.info("nothing new: silver of all these days is made from what is landed")
        return
    results = make_silver(
        connect(settings().spark_remote),
        wanted,
        settings().limits,
        lambda table, manifest: hashes[table.contract, manifest.partition_date],
    )
    for contract, result in results.items():
        for day, row in result.ledger.items():
            _report_made(contract, day, row, report)
        for day, problem in result.problems.items():
            _report_problem(contract, day, problem, report)


def _manifests(
    contract: type[SilverContract], days: Sequence[date], report: DayReport
) -> dict[date, Manifest]:
    bronze = BronzeTable.of(contract)
    found: dict[date, Manifest] = {}
    for day in days:
        try:
            manifest = bronze.manifest(day)
        except StoreError as error:
            _report_problem(contract, day, f"{error}; run the day again", report)
            continue
        if manifest and manifest.files:
            found[day] = manifest
        else:
            problem = "nothing landed: materialize bronze for this day first"
            _report_problem(contract, day, problem, report)
    return found


def _report_unchanged(
    context: dg.AssetExecutionContext,
    contract: type[SilverContract],
    unchanged: Mapping[date, LedgerRow],
    report: DayReport,
) -> None:
    """Report what silver holds already, but only where Dagster says otherwise: a run may have died before."""
    key, names = silver_key(contract), [day.isoformat() for day in unchanged]
    newest = newest_materializations(context.instance, key, names)
    failed = held_back(context.instance, [dg.AssetCheckKey(key, "made")], unchanged.keys())
    for day, row in unchanged.items():
        known = newest.get(day.isoformat())
        if day in failed or known is None or known.metadata.get(INPUT) != row[INPUT]:
            _report_made(contract, day, row, report)
    if unchanged:
        context.log.info(f"{table_rules(contract).table}: {len(unchanged)} days unchanged, passed over")


def _report_made(
    contract: type[SilverContract], day: date, row: Mapping[str, Any], report: DayReport
) -> None:
    key = silver_key(contract)
    report.made(key, day, _ledger_metadata(row))
    report.judged(dg.AssetCheckKey(key, "made"), day, Verdict(True, f"{row['silver_rows']} rows"))


def _report_problem(contract: type[SilverContract], day: date, problem: str, report: DayReport) -> None:
    key = silver_key(contract)
    report.failed(key, day, problem)
    report.judged(dg.AssetCheckKey(key, "made"), day, Verdict(False, problem))


def _ledger_metadata(row: Mapping[str, Any]) -> dict[str, Any]:
    counts = ("bronze_rows", "duplicate_rows", "superseded_rows", "quarantined_rows")
    amount = {} if row["silver_amount"] is None else {"silver_amount": str(row["silver_amount"])}
    return {
        "dagster/partition_row_count": row["silver_rows"],
        **{name: row[name] for name in counts},
        **amount,
        "delta_version": row["silver_version"],
        INPUT: row[INPUT],
    }
