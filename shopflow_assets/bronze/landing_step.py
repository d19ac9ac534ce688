"""The step that lands the days of a domain's tables in bronze, and reports the checks of each day."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import dagster as dg

from shopflow_assets.bronze import bronze_verdicts
from shopflow_assets.catalogue import bronze_metadata
from shopflow_assets.days.day_report import DayReport, fail_for_bad_days
from shopflow_assets.days.partitions import DAILY, ONE_RUN, run_days
from shopflow_assets.days.per_day import daily_specs
from shopflow_assets.disk import room_on_disk
from shopflow_assets.domain import Domain, group_of
from shopflow_assets.settings import settings
from shopflow_assets.sources.bronze import BronzeTable
from shopflow_assets.verdict import Verdict
from spark_jobs.contracts.table import Table
from spark_jobs.manifest import MANIFEST, Manifest
from spark_jobs.shown_text import shown
from spark_jobs.silver_table import SilverTable

LANDED = {"landed": "Everything that the source has for the day is in bronze, and no file was refused."}
ARRIVAL = {
    "freshness": "The day's last file was landed soon after the end of the day; not judged if simulated.",
    "volume": "The day has about as many records as the same weekdays of up to four weeks before.",
}


def bronze_key(table: Table) -> dg.AssetKey:
    """The asset of a table's landed files."""
    return dg.AssetKey(["bronze", table.domain, table.rules.table])


def source_asset(domain: Domain) -> dg.AssetSpec:
    """The source itself, as an asset in the graph."""
    return dg.AssetSpec(
        [domain.source.name, domain.name],
        description=domain.source.description,
        group_name=group_of(domain.name, "bronze"),
        kinds=set(domain.source.kinds),
        owners=["team:data-platform"],
    )


def landing_step(domain: Domain) -> dg.AssetsDefinition:
    """One step for all tables of the domain.

    Dagster's own freshness policies ask when an asset or its newest partition was last made. They cannot say
    when each day was landed, and would report every simulated stack as overdue.
    """
    by_key = {bronze_key(table): table for table in domain.tables}
    source = source_asset(domain)
    specs = [
        dg.AssetSpec(
            key,
            deps=[source],
            description=f"`{key.path[-1]}` as the source sent it, with a manifest.",
            group_name=group_of(domain.name, "bronze"),
            kinds=set(domain.source.kinds),
            owners=["team:data-platform"],
            metadata=bronze_metadata(table, source.key),
            partitions_def=DAILY,
            skippable=True,
        )
        for key, table in by_key.items()
    ]
    checks = [spec for key in by_key for spec in daily_specs(key, LANDED, blocking=True)]
    warnings = {**ARRIVAL, **domain.source.warnings}
    checks += [spec for key in by_key for spec in daily_specs(key, warnings, blocking=False)]

    @dg.multi_asset(
        name=f"{domain.name}_landing",
        specs=specs,
        check_specs=checks,
        can_subset=True,
        backfill_policy=ONE_RUN,
        pool=f"{domain.name}_bronze",
    )
    def land(context: dg.AssetExecutionContext) -> Iterator[Any]:
        report, days = DayReport(context), run_days(context)
        with room_on_disk(settings().home):
            _land(context, domain, {by_key[key]: key for key in context.selected_asset_keys}, report)
            of_checks = {by_key[check.asset_key] for check in context.selected_asset_check_keys}
            for table, bronze in domain.source.bronze(sorted(of_checks, key=lambda t: t.name)).items():
                _judge(bronze, bronze_key(table), report, days)
            yield from report.events()
            fail_for_bad_days(context, domain.name, report.problems)

    return land


def _land(
    context: dg.AssetExecutionContext,
    domain: Domain,
    keys: Mapping[SilverTable, dg.AssetKey],
    report: DayReport,
) -> None:
    if not keys:
        return
    landings = domain.source.land(domain.tables, list(keys), run_days(context), datetime.now(UTC))
    for day, by_table in landings:
        for table, landing in by_table.items():
            key, manifest = keys[table], landing.manifest
            verdict = Verdict(
                not landing.problem,
                landing.problem or "everything that the source has for the day is in bronze",
            )
            report.judged(dg.AssetCheckKey(key, "landed"), day, verdict)
            for name, of_source in landing.verdicts.items():
                report.judged(dg.AssetCheckKey(key, name), day, of_source)
            if landing.problem or manifest is None:
                report.failed(key, day, landing.problem)
                context.log.error(f"{day} {key.path[-1]}: {landing.problem}")
            else:
                report.made(key, day, _landing_metadata(manifest))
                files = f"{manifest.records} records in {len(manifest.files)} files"
                context.log.info(f"{day} {key.path[-1]}: {files}")


def _judge(bronze: BronzeTable, key: dg.AssetKey, report: DayReport, days: list) -> None:
    # The days of a run are compared with each other, so the manifest of a day is read only once.
    manifest = cache(bronze.manifest)
    for day in days:
        landed = manifest(day)
        earlier = (m for m in map(manifest, bronze_verdicts.same_weekdays_before(day)) if m and m.files)
        records, before = landed.records if landed else 0, [m.records for m in earlier]
        verdicts = {
            "freshness": bronze_verdicts.freshness(landed, settings().max_landing_delay_hours),
            "volume": bronze_verdicts.volume(records, before, settings().max_volume_factor),
        }
        for name, verdict in verdicts.items():
            reported = bronze_verdicts.OPEN if bronze_verdicts.is_open(day) else verdict
            report.judged(dg.AssetCheckKey(key, name), day, reported)


def _landing_metadata(manifest: Manifest) -> dict[str, Any]:
    files = [
        dg.TableRecord({"file": f.name, "from": shown(f.source), "records": f.records, "bytes": f.bytes})
        for f in manifest.files
    ]
    refused = [
        dg.TableRecord({"file": f.name, "from": shown(f.source), "at": f"{f.landed_at}", "reason": f.reason})
        for f in manifest.refused
    ]
    withdrawn = [
        dg.TableRecord({"file": f.name, "from": shown(f.source), "at": f"{f.withdrawn_at}"})
        for f in manifest.withdrawn
    ]
    # Dagster accepts no table without rows.
    tables = {"files": files, "refused_before": refused, "withdrawn": withdrawn}
    return {
        "dagster/partition_row_count": manifest.records,
        **{name: dg.MetadataValue.table(rows) for name, rows in tables.items() if rows},
        "manifest": dg.MetadataValue.path(f"s3://datalake/{manifest.prefix}{MANIFEST}"),
    }
