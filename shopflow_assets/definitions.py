"""The code location: everything that ShopFlow defines in Dagster."""

import dagster as dg

from shopflow_assets import quality
from shopflow_assets.automation import schedules, weekly
from shopflow_assets.factory import definitions_of
from shopflow_assets.registry import DOMAINS

defs = dg.Definitions.merge(
    dg.Definitions(
        # Steps run one after the other: a process per step would start Python, Spark's client and dbt again.
        executor=dg.in_process_executor
    ),
    dg.load_definitions_from_modules([quality, schedules, weekly]),
    *map(definitions_of, DOMAINS.values()),
)
