"""The marketplace's order lines, from the inbox to silver."""

import dagster as dg

from shopflow_assets.catalogue import bronze_metadata, row_description, silver_metadata
from shopflow_assets.checks.bronze import bronze_checks
from shopflow_assets.checks.silver import silver_checks
from shopflow_assets.days import land_days, make_silver_days
from shopflow_assets.partitions import DAILY, ONE_RUN
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.silver.ecommerce import order_lines
from spark_jobs.silver_job import SilverTable

INBOX = dg.AssetSpec(
    ["inbox", "ecommerce"],
    description="The marketplace's export as it arrives: one folder per day with CSV and JSON lines.",
    group_name="ecommerce",
    kinds={"s3", "csv", "json"},
    owners=["team:data-platform"],
)


@dg.asset(
    key=["bronze", "ecommerce", "order_lines"],
    deps=[INBOX],
    partitions_def=DAILY,
    backfill_policy=ONE_RUN,
    group_name="ecommerce",
    kinds={"s3", "csv", "json"},
    owners=["team:data-platform"],
    metadata=bronze_metadata(OrderLines, INBOX.key),
    pool="bronze",
)
def bronze_order_lines(context: dg.AssetExecutionContext) -> None:
    """The day's order-line files as the marketplace sent them, with a manifest that counts their records."""
    land_days(context, OrderLines)


@dg.asset(
    key=["silver", "ecommerce", "order_lines"],
    deps=[bronze_order_lines],
    partitions_def=DAILY,
    backfill_policy=ONE_RUN,
    group_name="ecommerce",
    kinds={"spark", "deltalake"},
    owners=["team:data-platform"],
    metadata=silver_metadata(OrderLines),
    description=row_description(OrderLines),
    pool="spark",
)
def silver_order_lines(context: dg.AssetExecutionContext) -> None:
    """Described by its contract."""
    make_silver_days(context, SilverTable(OrderLines, order_lines))


bronze_order_lines_checks = bronze_checks(bronze_order_lines.key, OrderLines)
silver_order_lines_checks = silver_checks(silver_order_lines.key, OrderLines)
