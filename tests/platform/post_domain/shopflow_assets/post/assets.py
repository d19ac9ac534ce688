"""The carrier's parcels and scans, from the inbox to silver."""

from collections.abc import Callable

import dagster as dg
from pyspark.sql import DataFrame
from spark_jobs.contracts.post import Parcels, Scans
from spark_jobs.silver.post import parcels, scans

from shopflow_assets.catalogue import bronze_metadata, row_description, silver_metadata
from shopflow_assets.checks.bronze import bronze_checks
from shopflow_assets.checks.silver import silver_checks
from shopflow_assets.days import land_days, make_silver_days
from shopflow_assets.partitions import DAILY, ONE_RUN
from shopflow_assets.sensors import arrival_sensor
from spark_jobs.contracts.contract import SilverContract, table_rules
from spark_jobs.silver_job import SilverTable

INBOX = dg.AssetSpec(
    ["inbox", "post"],
    description="The carrier's files.",
    group_name="post",
    kinds={"s3"},
    owners=["team:tests"],
)


def _bronze(contract: type[SilverContract]) -> dg.AssetsDefinition:
    rules = table_rules(contract)

    @dg.asset(
        key=["bronze", rules.domain, rules.table],
        deps=[INBOX],
        partitions_def=DAILY,
        backfill_policy=ONE_RUN,
        group_name=rules.domain,
        kinds={"s3"},
        owners=["team:tests"],
        description="The carrier's files of the day.",
        metadata=bronze_metadata(contract, INBOX.key),
        pool="bronze",
    )
    def bronze(context: dg.AssetExecutionContext) -> None:
        land_days(context, contract)

    return bronze


def _silver(
    contract: type[SilverContract], transform: Callable[[DataFrame], DataFrame]
) -> dg.AssetsDefinition:
    rules = table_rules(contract)

    @dg.asset(
        key=["silver", rules.domain, rules.table],
        deps=[dg.AssetKey(["bronze", rules.domain, rules.table])],
        partitions_def=DAILY,
        backfill_policy=ONE_RUN,
        group_name=rules.domain,
        kinds={"spark", "deltalake"},
        owners=["team:tests"],
        description=row_description(contract),
        metadata=silver_metadata(contract),
        pool="spark",
    )
    def silver(context: dg.AssetExecutionContext) -> None:
        make_silver_days(context, SilverTable(contract, transform))

    return silver


bronze_parcels, bronze_scans = _bronze(Parcels), _bronze(Scans)
silver_parcels, silver_scans = _silver(Parcels, parcels), _silver(Scans, scans)
bronze_parcels_checks = bronze_checks(bronze_parcels.key, Parcels)
bronze_scans_checks = bronze_checks(bronze_scans.key, Scans)
silver_parcels_checks = silver_checks(silver_parcels.key, Parcels)
silver_scans_checks = silver_checks(silver_scans.key, Scans)

# Tests wait for its looks.
POST_ARRIVAL = arrival_sensor("post_arrival", bronze_parcels, Parcels, every_seconds=5)
