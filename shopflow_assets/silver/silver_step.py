"""The step that makes silver: one Spark job for all tables of a domain, for the days that have changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import dagster as dg

from shopflow_assets.bronze.landing_step import bronze_key
from shopflow_assets.catalogue import silver_metadata
from shopflow_assets.days.day_report import DayReport, fail_for_bad_days
from shopflow_assets.days.gate import held_back
from shopflow_assets.days.partitions import DAILY, ONE_RUN, run_days
from shopflow_assets.days.per_day import daily_specs
from shopflow_assets.days.run_tags import is_forced
from shopflow_assets.disk import room_on_disk
from shopflow_assets.domain import Domain, group_of
from shopflow_assets.errors import StoreError
from shopflow_assets.settings import settings
from shopflow_assets.silver.inputs import input_sha256
from shopflow_assets.silver.reader import LedgerRow, SilverReader
from shopflow_assets.silver.table_report import TableReport
from shopflow_assets.sources.bronze import BronzeTable
from spark_jobs.contracts.table import Table
from spark_jobs.manifest import Manifest
from spark_jobs.silver_table import SilverTable

MADE = {"made": "Spark read the day's files as their manifest counts them, and wrote the day to silver."}


@dataclass(frozen=True)
class LandedDay:
    """A landed day of a table, and the hash of all that its silver is made from."""

    manifest: Manifest
    input_sha256: str


def silver_key(table: Table) -> dg.AssetKey:
    """The asset of a silver table."""
    return dg.AssetKey(["silver", table.domain, table.rules.table])


def silver_step(domain: Domain) -> dg.AssetsDefinition:
    """One step for all silver tables of the domain."""
    by_key = {silver_key(table): table for table in domain.tables}
    specs = [
        dg.AssetSpec(
            key,
            deps=[bronze_key(table)],
            description=table.description,
            group_name=group_of(domain.name, "silver"),
            kinds={"spark", "deltalake"},
            owners=["team:data-platform"],
            metadata=silver_metadata(table),
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
        with room_on_disk(settings().home):
            _make(context, domain, [by_key[key] for key in sorted(context.selected_asset_keys)], report)
            yield from report.events()
            fail_for_bad_days(context, domain.name, report.problems)

    return make


def attempts(tables: Iterable[Table]) -> list[dg.AssetCheckKey]:
    """The checks that say whether the days of these tables were landed and made."""
    checks = ((bronze_key, "landed"), (silver_key, "made"))
    return [dg.AssetCheckKey(key(table), name) for table in tables for key, name in checks]


def _make(
    context: dg.AssetExecutionContext, domain: Domain, tables: Sequence[SilverTable], report: DayReport
) -> None:
    days = run_days(context)
    bronze = domain.source.bronze(tables)
    reader = SilverReader(settings(), domain.name, days)
    reports = {table: TableReport(silver_key(table), report) for table in tables}
    to_make: dict[SilverTable, dict[date, LandedDay]] = {}
    for table, table_report in reports.items():
        landing = dg.AssetCheckKey(bronze_key(table), "landed")
        refused = held_back(context.instance, [landing], days)
        manifests = _manifests(bronze[table], [day for day in days if day not in refused], table_report)
        landed = _with_input_hashes(reader, table, manifests)
        unchanged = {} if is_forced(context) else _unchanged_days(reader, table, landed)
        table_report.unchanged(context, unchanged)
        changed = {day: of_day for day, of_day in landed.items() if day not in unchanged}
        to_make[table] = _complete(bronze[table], changed, table_report)
    if any(to_make.values()):
        _make_with_spark(to_make, reports)
    else:
        context.log.info("nothing new: silver of all these days is made from what is landed")


def _manifests(bronze: BronzeTable, days: Sequence[date], table_report: TableReport) -> dict[date, Manifest]:
    """The manifests of the days that are landed; the other days are reported as problems."""
    manifests: dict[date, Manifest] = {}
    for day in days:
        try:
            manifest = bronze.manifest(day)
        except StoreError as error:
            table_report.problem(day, f"{error}; run the day again")
            continue
        if manifest and manifest.is_landed:
            manifests[day] = manifest
        else:
            table_report.problem(day, "nothing landed: materialize bronze for this day first")
    return manifests


def _with_input_hashes(
    reader: SilverReader, table: SilverTable, manifests: Mapping[date, Manifest]
) -> dict[date, LandedDay]:
    limits = settings().limits
    return {
        day: LandedDay(manifest, input_sha256(table, manifest, limits, reader.table_id(table)))
        for day, manifest in manifests.items()
    }


def _unchanged_days(
    reader: SilverReader, table: SilverTable, landed: Mapping[date, LandedDay]
) -> dict[date, LedgerRow]:
    """Ledger rows of the days that silver already holds as they are landed now."""
    rows = {day: reader.unchanged(table, day, landed[day].input_sha256) for day in landed}
    return {day: row for day, row in rows.items() if row}


def _complete(
    bronze: BronzeTable, landed: Mapping[date, LandedDay], table_report: TableReport
) -> dict[date, LandedDay]:
    """The days whose files are all in bronze; Spark would say little about a file that is gone."""
    missing = bronze.missing_by_day(of_day.manifest for of_day in landed.values())
    for day, files in missing.items():
        mends = (bronze.how_to_mend(landed[day].manifest, file) for file in files)
        table_report.problem(day, "\n".join(mends))
    return {day: of_day for day, of_day in landed.items() if day not in missing}


def _make_with_spark(
    to_make: Mapping[SilverTable, Mapping[date, LandedDay]], reports: Mapping[SilverTable, TableReport]
) -> None:
    from spark_jobs.session import connect
    from spark_jobs.silver_job import make_silver

    results = make_silver(
        connect(settings().spark_remote),
        {table: {day: of_day.manifest for day, of_day in days.items()} for table, days in to_make.items()},
        settings().limits,
        lambda table, manifest: to_make[table][manifest.partition_date].input_sha256,
    )
    for table, table_report in reports.items():
        for day, row in results[table].ledger.items():
            table_report.made(day, row)
        for day, problem in results[table].problems.items():
            table_report.problem(day, problem)
