"""The quality domain: tables that the steps of all domains write beside the tables they speak of."""

import json

import dagster as dg

from shopflow_assets.catalogue import row_description, silver_metadata
from shopflow_assets.gold.dbt_project import GoldTranslator, project
from shopflow_assets.registry import SILVER_CONTRACTS
from shopflow_assets.silver.silver_step import silver_key
from spark_jobs.contracts.contract import Contract, table_rules
from spark_jobs.contracts.quality import Quarantine, RowLedger


def _written_with_silver(contract: type[Contract]) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["silver", "quality", table_rules(contract).table],
        deps=[silver_key(written) for written in SILVER_CONTRACTS],
        description=row_description(contract),
        group_name="quality",
        kinds={"spark", "deltalake"},
        owners=["team:data-platform"],
        metadata=silver_metadata(contract),
    )


def _written_with_gold() -> list[dg.AssetSpec]:
    manifest = json.loads(project().manifest_path.read_text())
    found = (key for key, node in manifest["nodes"].items() if node["resource_type"] == "model")
    mine = sorted(key for key in found if manifest["nodes"][key]["schema"] == "quality")
    specs = (GoldTranslator().get_asset_spec(manifest, key, project()) for key in mine)
    return [spec.replace_attributes(partitions_def=None) for spec in specs]


QUARANTINE = _written_with_silver(Quarantine)
LEDGER = _written_with_silver(RowLedger)
PUBLISHED = _written_with_gold()
