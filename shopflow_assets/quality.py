"""The quality domain: tables that are written together with the silver tables they speak of."""

import dagster as dg

from shopflow_assets.catalogue import row_description, silver_metadata
from spark_jobs.contracts.contract import Contract, SilverContract, table_rules
from spark_jobs.contracts.quality import Quarantine, RowLedger
from spark_jobs.contracts.registry import CONTRACTS


def _written_with_silver(contract: type[Contract]) -> dg.AssetSpec:
    silver = [table_rules(written) for written in CONTRACTS if issubclass(written, SilverContract)]
    return dg.AssetSpec(
        ["silver", "quality", table_rules(contract).table],
        deps=[dg.AssetKey(["silver", rules.domain, rules.table]) for rules in silver],
        description=row_description(contract),
        group_name="quality",
        kinds={"spark", "deltalake"},
        owners=["team:data-platform"],
        metadata=silver_metadata(contract),
    )


QUARANTINE = _written_with_silver(Quarantine)
LEDGER = _written_with_silver(RowLedger)
