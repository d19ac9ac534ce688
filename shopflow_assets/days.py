"""The work of bronze and silver assets over a run's days: each is tried, then the step fails once."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg

from shopflow_assets.errors import BadDaysError, StoreError
from shopflow_assets.partitions import run_days
from shopflow_assets.settings import settings
from shopflow_assets.sources.files.landing import Feed
from spark_jobs.contracts.contract import SilverContract
from spark_jobs.manifest import MANIFEST, Manifest
from spark_jobs.silver_job import SilverTable, make_silver

DayMetadata = Mapping[date, Mapping[str, Any]]


def land_days(context: dg.AssetExecutionContext, contract: type[SilverContract]) -> None:
    """Land the run's days.

    Raises:
        BadDaysError: a day has no delivery, a file of it that is in the inbox was refused, or MinIO did not
            give one; the other days are landed all the same.
    """
    feed = Feed.of(contract)
    landed: dict[date, Mapping[str, Any]] = {}
    problems: dict[date, str] = {}
    for day in run_days(context):
        try:
            found = feed.land(day, datetime.now(UTC))
        except StoreError as error:
            problems[day] = f"{error}; nothing new of the day was landed, run it again"
            continue
        if found is None:
            problems[day] = feed.how_to_deliver(day)
        elif found.refused:
            problems[day] = "; ".join(f"{f.source} refused: {f.reason}" for f in found.refused)
        else:
            manifest = found.manifest
            landed[day] = _landing(manifest)
            context.log.info(f"{day}: {manifest.records} records in {len(manifest.files)} files")
    _record(context, landed, "Landing", problems)


def make_silver_days(context: dg.AssetExecutionContext, table: SilverTable) -> None:
    """Make silver of the run's days from what is landed.

    Raises:
        BadDaysError: a day is not landed, or Spark reads it otherwise than its manifest counts.
    """
    from spark_jobs.session import connect

    feed = Feed.of(table.contract)
    manifests: dict[date, Manifest] = {}
    problems: dict[date, str] = {}
    for day in run_days(context):
        try:
            manifest = feed.manifest(day)
        except StoreError as error:
            problems[day] = f"{error}; run the day again"
            continue
        if manifest and manifest.files:
            manifests[day] = manifest
        else:
            problems[day] = "nothing landed: materialize bronze for this day first"
    result = make_silver(connect(settings().spark_remote), table, manifests, settings().limits)
    problems |= result.problems
    made = {day: _ledger_entry(row) for day, row in result.ledger.items()}
    _record(context, made, "Silver", problems)


def _record(
    context: dg.AssetExecutionContext, made: DayMetadata, what: str, problems: Mapping[date, str]
) -> None:
    if not problems:
        for day, metadata in made.items():
            context.add_asset_metadata(metadata, partition_key=day.isoformat())
        return
    # A step that raises records none of its days, so the good ones are recorded here.
    for day, metadata in made.items():
        context.log_event(
            dg.AssetMaterialization(context.asset_key, metadata=metadata, partition=day.isoformat())
        )
    days = run_days(context)
    again = f"The others went no further: when this is mended, run {days[0]} to {days[-1]} again."
    raise BadDaysError(what, problems, days, again)


def _landing(manifest: Manifest) -> Mapping[str, Any]:
    files = [
        dg.TableRecord({"file": f.name, "from": f.source, "records": f.records, "bytes": f.bytes})
        for f in manifest.files
    ]
    refused = [
        dg.TableRecord({"file": f.name, "from": f.source, "at": f"{f.landed_at}", "reason": f.reason})
        for f in manifest.refused
    ]
    return {
        "dagster/partition_row_count": manifest.records,
        "files": dg.MetadataValue.table(files),
        **({"refused_before": dg.MetadataValue.table(refused)} if refused else {}),
        "manifest": dg.MetadataValue.path(f"s3://datalake/{manifest.prefix}{MANIFEST}"),
    }


def _ledger_entry(row: Mapping[str, Any]) -> Mapping[str, Any]:
    counts = {
        name: row[name] for name in ("bronze_rows", "duplicate_rows", "superseded_rows", "quarantined_rows")
    }
    amount = {} if row["silver_amount"] is None else {"silver_amount": str(row["silver_amount"])}
    return {
        "dagster/partition_row_count": row["silver_rows"],
        **counts,
        **amount,
        "delta_version": row["silver_version"],
    }
