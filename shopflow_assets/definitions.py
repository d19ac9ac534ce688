"""The code location: everything that Dagster knows of ShopFlow."""

import dagster as dg

from shopflow_assets.ecommerce.assets import (
    INBOX,
    bronze_order_lines,
    bronze_order_lines_checks,
    silver_order_lines,
    silver_order_lines_checks,
)
from shopflow_assets.gold.assets import gold_tables
from shopflow_assets.gold.checks import gold_reconciliation
from shopflow_assets.quality import LEDGER, QUARANTINE
from shopflow_assets.schedules import DAILY_JOB, DAILY_SCHEDULE
from shopflow_assets.sensors import ECOMMERCE_ARRIVAL
from shopflow_assets.weekly import WEEKLY_SCHEDULE, weekly_job

defs = dg.Definitions(
    assets=[INBOX, bronze_order_lines, silver_order_lines, QUARANTINE, LEDGER, gold_tables],
    asset_checks=[bronze_order_lines_checks, silver_order_lines_checks, gold_reconciliation],
    jobs=[DAILY_JOB, weekly_job],
    schedules=[DAILY_SCHEDULE, WEEKLY_SCHEDULE],
    sensors=[ECOMMERCE_ARRIVAL],
    # Steps follow each other; a process per step would start Python, Spark's client and dbt anew for each.
    executor=dg.in_process_executor,
)
