"""The code location: everything that Dagster knows of ShopFlow."""

import dagster as dg

from shopflow_assets import quality, schedules, sensors, weekly
from shopflow_assets.ecommerce import assets as ecommerce
from shopflow_assets.gold import assets as gold
from shopflow_assets.gold import checks as gold_checks

defs = dg.load_definitions_from_modules(
    [ecommerce, quality, gold, gold_checks, schedules, sensors, weekly],
    # Steps follow each other; a process per step would start Python, Spark's client and dbt anew for each.
    executor=dg.in_process_executor,
)
