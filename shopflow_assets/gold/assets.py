"""All gold tables: one op that builds what is selected of the dbt project for the run's days."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from shopflow_assets.gold.batches import BatchSize
from shopflow_assets.gold.dbt_build import build_days
from shopflow_assets.gold.dbt_project import GoldTranslator, project, target_dir
from shopflow_assets.partitions import DAILY, ONE_RUN

TRANSLATOR = GoldTranslator()


@dbt_assets(
    manifest=target_dir() / "manifest.json",
    name="gold",
    project=project(),
    partitions_def=DAILY,
    backfill_policy=ONE_RUN,
    dagster_dbt_translator=TRANSLATOR,
    pool="dbt",
)
def gold_tables(context: dg.AssetExecutionContext, config: BatchSize) -> Iterator[Any]:
    """Merge the run's days into the gold tables and test what was touched."""
    yield from build_days(context, TRANSLATOR, config.rows_at_once)
