"""The quality domain: tables that are written together with the silver tables they speak of."""

import dagster as dg

from shopflow_assets.catalogue import row_description, silver_metadata
from spark_jobs.contracts.contract import Contract, table_rules
from spark_jobs.contracts.quality import Quarantine, RowLedger


def _written_with(contract: type[Contract], *silver: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["silver", "quality", table_rules(contract).table],
        deps=[dg.AssetKey(["silver", *path.split("/")]) for path in silver],
        description=row_description(contract),
        group_name="quality",
        kinds={"spark", "deltalake"},
        owners=["team:data-platform"],
        metadata=silver_metadata(contract),
    )


QUARANTINE = _written_with(Quarantine, "ecommerce/order_lines")
LEDGER = _written_with(RowLedger, "ecommerce/order_lines")
