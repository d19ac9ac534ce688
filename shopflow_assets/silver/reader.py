"""Reads silver without Spark: deltalake and polars, with the rights of Dagster's user."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from shopflow_assets.settings import Settings
from shopflow_assets.silver.inputs import INPUT
from spark_jobs.contracts.quality import QUARANTINE, ROW_LEDGER
from spark_jobs.contracts.table import Table
from spark_jobs.delta_storage import storage_options

if TYPE_CHECKING:
    from deltalake import DeltaTable

LedgerRow = dict[str, Any]
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class SilverReader:
    """Some days of a domain's silver tables, with their part of the quarantine and the ledger.

    Each table is opened once and read in the version that it had then; quarantine and ledger are read once
    for all tables. Opening a table for each day would cost more than reading its rows.
    """

    def __init__(self, settings: Settings, domain: str, days: Sequence[date]) -> None:
        """Nothing is read yet."""
        self._settings, self._domain, self._days = settings, domain, days
        self._opened: dict[Table, DeltaTable] = {}
        self._writes: dict[Table, dict[str, int]] = {}

    def rows(self, table: Table, day: date) -> pl.DataFrame:
        """A table's rows of a day."""
        return pl.scan_delta(self._open(table)).filter(pl.col("partition_date") == day).collect()

    def quarantine(self, table: Table, day: date) -> pl.DataFrame:
        """The refused records of a table and day."""
        return self._quarantine.filter(
            pl.col("table_name") == table.rules.table, pl.col("partition_date") == day
        )

    def ledger(self, table: Table, day: date) -> LedgerRow | None:
        """A table's ledger row of a day, or None."""
        return self._ledger.get((table.rules.table, day))

    def unchanged(self, table: Table, day: date, input_sha256: str) -> LedgerRow | None:
        """The ledger row of a day that was made from this input and not written since, or None."""
        row = self.ledger(table, day)
        is_same = row and row[INPUT] == input_sha256
        return row if is_same and self.newest_write(table, day) <= row["silver_version"] else None

    def version(self, table: Table) -> int:
        """The version of the table that is read."""
        return self._open(table).version()

    def table_id(self, table: Table) -> str:
        """Delta's identity of a table. It changes when the table is dropped and created again."""
        return str(self._open(table).metadata().id)

    def newest_write(self, table: Table, day: date) -> int:
        """The version of the newest commit of a silver step that wrote a day, or 0.

        Commits up to the oldest version that the ledger has of the days are not read; for them it is 0.
        """
        if table not in self._writes:
            self._writes[table] = self._read_writes(table)
        return self._writes[table].get(day.isoformat(), 0)

    def _read_writes(self, table: Table) -> dict[str, int]:
        rows = (self.ledger(table, day) for day in self._days)
        oldest = min((row["silver_version"] for row in rows if row), default=self.version(table))
        newest: dict[str, int] = {}
        for commit in self._open(table).history(self.version(table) - oldest + 1):
            if commit["operation"] == "WRITE" and commit["version"] > oldest:
                predicate = str(commit.get("operationParameters", {}).get("predicate", ""))
                # The history is read from its newest commit on, so what is known already stays.
                newest = dict.fromkeys(DAY.findall(predicate), commit["version"]) | newest
        return newest

    @cached_property
    def _quarantine(self) -> pl.DataFrame:
        return self._of_domain(QUARANTINE).collect()

    @cached_property
    def _ledger(self) -> dict[tuple[str, date], LedgerRow]:
        rows = self._of_domain(ROW_LEDGER).collect().to_dicts()
        return {(row["table_name"], row["partition_date"]): row for row in rows}

    def _of_domain(self, table: Table) -> pl.LazyFrame:
        mine = (pl.col("domain") == self._domain) & pl.col("partition_date").is_in(list(self._days))
        return pl.scan_delta(self._open(table)).filter(mine)

    def _open(self, table: Table) -> "DeltaTable":
        if table not in self._opened:
            self._opened[table] = _open(self._settings, table)
        return self._opened[table]


def _open(settings: Settings, table: Table) -> "DeltaTable":
    from deltalake import DeltaTable

    options = storage_options(
        settings.s3_endpoint,
        settings.s3_region,
        settings.dagster_s3_access_key.get_secret_value(),
        settings.dagster_s3_secret_key.get_secret_value(),
    )
    return DeltaTable(table.location, storage_options=options)
