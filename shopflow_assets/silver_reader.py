"""Reads silver tables without Spark: deltalake and polars, with the rights of Dagster's user."""

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from shopflow_assets.settings import Settings
from spark_jobs.contracts.contract import Contract, table_rules
from spark_jobs.contracts.quality import Quarantine, RowLedger
from spark_jobs.contracts.registry import CONTRACTS
from spark_jobs.contracts.rules import TableRules
from spark_jobs.delta_tables import location

if TYPE_CHECKING:
    from deltalake import DeltaTable


class SilverReader:
    """One silver table with its part of the quarantine and the ledger, a day at a time.

    Each table is read in the version that it had at the first look: opening it anew for each day of a range
    costs more than its rows.
    """

    def __init__(self, settings: Settings, contract: type[Contract]) -> None:
        """Say which table; nothing is read yet."""
        self._settings, self._contract = settings, contract
        self._opened: dict[type[Contract], DeltaTable] = {}

    def rows(self, day: date) -> pl.DataFrame:
        """The table's rows of a day."""
        return self._scan(self._contract).filter(pl.col("partition_date") == day).collect()

    def quarantine(self, day: date) -> pl.DataFrame:
        """What the table refused of a day."""
        return self._scan(Quarantine).filter(_mine(table_rules(self._contract), day)).collect()

    def ledger(self, day: date) -> dict[str, Any] | None:
        """The day's ledger row, or None."""
        rows = self._scan(RowLedger).filter(_mine(table_rules(self._contract), day)).collect().to_dicts()
        return rows[0] if rows else None

    def version(self) -> int:
        """The version of the table that is read."""
        return self._open(self._contract).version()

    def _open(self, contract: type[Contract]) -> "DeltaTable":
        if contract not in self._opened:
            self._opened[contract] = _open(self._settings, contract)
        return self._opened[contract]

    def _scan(self, contract: type[Contract]) -> pl.LazyFrame:
        return pl.scan_delta(self._open(contract))


def newest_versions(settings: Settings) -> dict[str, int]:
    """The newest Delta version of every silver table, by schema.table."""
    rules = ((contract, table_rules(contract)) for contract in CONTRACTS)
    return {f"{of.domain}.{of.table}": _open(settings, contract).version() for contract, of in rules}


def _open(settings: Settings, contract: type[Contract]) -> "DeltaTable":
    from deltalake import DeltaTable

    options = {
        "AWS_ENDPOINT_URL": settings.s3_endpoint,
        "AWS_REGION": settings.s3_region,
        "AWS_ACCESS_KEY_ID": settings.dagster_s3_access_key.get_secret_value(),
        "AWS_SECRET_ACCESS_KEY": settings.dagster_s3_secret_key.get_secret_value(),
        "AWS_ALLOW_HTTP": "true",
    }
    return DeltaTable(location(contract), storage_options=options)


def _mine(rules: TableRules, day: date) -> pl.Expr:
    mine = (pl.col("domain") == rules.domain) & (pl.col("table_name") == rules.table)
    return mine & (pl.col("partition_date") == day)
