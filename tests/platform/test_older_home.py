"""A home of an older version: `up` changes the tables that all domains share to today's layout."""

import polars as pl
import pytest

from spark_jobs.contracts.contract import Contract, columns, names, table_rules
from spark_jobs.contracts.quality import Quarantine, RowLedger
from spark_jobs.contracts.table import table_of
from tests.platform.deliveries.carrier import Calendar, Carrier

# The older partitioning of these tables, and the columns that they did not have.
BEFORE = "domain, table_name, partition_date"
NEW: dict[type[Contract], set[str]] = {
    RowLedger: {"input_sha256", "superseded_amount", "repeated_rows", "repeated_amount"},
    Quarantine: set(),
}


def _old_columns(contract: type[Contract]) -> list[str]:
    return [name for name in names(columns(contract)) if name not in NEW[contract]]


def make_old(carrier: Carrier, contract: type[Contract]) -> None:
    """Write the table in the layout of the older version, with the rows that it has."""
    kept = ", ".join(_old_columns(contract))
    table = table_of(contract).in_sql
    carrier.spark(
        f"create or replace table {table} using delta partitioned by ({BEFORE}) as select {kept} from {table}"
    )


@pytest.mark.usefixtures("carried_days")
def test_up_migrates_the_shared_tables_and_loses_no_row(carrier: Carrier) -> None:
    before = {contract: _kept(carrier, contract) for contract in NEW}
    for contract in NEW:
        make_old(carrier, contract)
    carrier.stack.shopflow("up")
    for contract, rows in before.items():
        rules = table_rules(contract)
        assert tuple(carrier.delta(contract).metadata().partition_columns) == rules.partition_by
        assert carrier.silver(contract).columns == names(columns(contract))
        assert _kept(carrier, contract).equals(rows)
        # Trino reads the new layout as well.
        [counted] = carrier.sql(f"select count(*) as n from silver.quality.{rules.table}")
        assert counted["n"] == rows.height


def _kept(carrier: Carrier, contract: type[Contract]) -> pl.DataFrame:
    """The rows of a table, with the columns that the older version had."""
    kept = _old_columns(contract)
    return carrier.silver(contract).select(kept).sort(kept)


def test_days_of_such_a_home_are_made_again_once_and_then_passed_over(
    carrier: Carrier, calendar: Calendar
) -> None:
    [day] = calendar.take(1)
    carrier.carry(day)
    make_old(carrier, RowLedger)
    carrier.stack.shopflow("up")
    planned = carrier.stack.shopflow(*carrier.backfill_command(day), "--dry-run")
    assert f"{day}: make silver parcels, scans; build gold: silver changes" in planned
    carrier.backfill(day)
    assert "Nothing to do" in carrier.stack.shopflow(*carrier.backfill_command(day))
    assert carrier.gold() == carrier.expected()
