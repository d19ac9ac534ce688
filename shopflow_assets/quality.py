"""The quality domain: tables about the other tables, written by the steps of all domains."""

import dagster as dg

from shopflow_assets.catalogue import silver_metadata
from shopflow_assets.domain import group_of
from shopflow_assets.gold.dbt.graph import GoldGraph
from shopflow_assets.gold.dbt.project import GoldTranslator, manifest, project
from shopflow_assets.registry import SILVER_TABLES
from shopflow_assets.silver.silver_step import silver_key
from spark_jobs.contracts.quality import QUARANTINE, ROW_LEDGER
from spark_jobs.contracts.table import Table


def _written_with_silver(table: Table) -> dg.AssetSpec:
    return dg.AssetSpec(
        silver_key(table),
        deps=[silver_key(written) for written in SILVER_TABLES],
        description=table.description,
        group_name=group_of(table.domain, "silver"),
        kinds={"spark", "deltalake"},
        owners=["team:data-platform"],
        metadata=silver_metadata(table),
    )


def _written_with_gold() -> list[dg.AssetSpec]:
    mine = sorted(GoldGraph(manifest(), "quality").models)
    specs = (GoldTranslator().get_asset_spec(manifest(), key, project()) for key in mine)
    return [spec.replace_attributes(partitions_def=None) for spec in specs]


WRITTEN_WITH_SILVER = [_written_with_silver(table) for table in (QUARANTINE, ROW_LEDGER)]
WRITTEN_WITH_GOLD = _written_with_gold()
