"""The quality domain: tables about the other tables, written by the steps of all domains."""

import dagster as dg

from shopflow_assets.catalogue import silver_metadata
from shopflow_assets.gold.dbt.graph import GoldGraph
from shopflow_assets.gold.dbt.project import GoldTranslator, manifest, project
from shopflow_assets.registry import SILVER_CONTRACTS
from shopflow_assets.silver.silver_step import silver_key
from spark_jobs.contracts.contract import Contract
from spark_jobs.contracts.quality import Quarantine, RowLedger
from spark_jobs.contracts.table import table_of


def _written_with_silver(contract: type[Contract]) -> dg.AssetSpec:
    return dg.AssetSpec(
        silver_key(contract),
        deps=[silver_key(written) for written in SILVER_CONTRACTS],
        description=table_of(contract).description,
        group_name="quality",
        kinds={"spark", "deltalake"},
        owners=["team:data-platform"],
        metadata=silver_metadata(contract),
    )


def _written_with_gold() -> list[dg.AssetSpec]:
    mine = sorted(GoldGraph(manifest(), "quality").models)
    specs = (GoldTranslator().get_asset_spec(manifest(), key, project()) for key in mine)
    return [spec.replace_attributes(partitions_def=None) for spec in specs]


QUARANTINE = _written_with_silver(Quarantine)
LEDGER = _written_with_silver(RowLedger)
PUBLISHED = _written_with_gold()
