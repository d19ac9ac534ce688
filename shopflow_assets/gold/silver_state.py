"""Silver as a run of gold reads it: one version of each table, and what each day was made from."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import dagster as dg

from shopflow_assets.days.materializations import newest_materializations
from shopflow_assets.settings import settings
from shopflow_assets.silver.inputs import INPUT
from shopflow_assets.silver.reader import SilverReader
from shopflow_assets.silver.silver_step import silver_key
from spark_jobs.contracts.contract import Contract, SilverContract, table_rules
from spark_jobs.contracts.quality import Quarantine, RowLedger


@dataclass
class SilverState:
    """Versions by `schema.table`; by day, the input hash of each table and why the day cannot be read now."""

    versions: dict[str, int] = field(default_factory=dict)
    inputs: dict[date, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    unsettled: dict[date, str] = field(default_factory=dict)
    materialized: dict[type[SilverContract], Mapping[str, int]] = field(default_factory=dict)


def read_state(
    instance: dg.DagsterInstance, contracts: Collection[type[SilverContract]], days: Sequence[date]
) -> SilverState:
    """Fix the versions of these tables and read what their days were made from.

    A day is unsettled when another run has written its rows, but not yet the ledger, or not yet told Dagster.
    That run brings the day to gold itself. A killed run leaves such days too.
    """
    state = SilverState()
    readers = {domain: SilverReader(settings(), domain, days) for domain in _domains(contracts)}
    for contract in contracts:
        reader = readers[table_rules(contract).domain]
        state.versions[_name(contract)] = reader.version(contract)
    for reader in readers.values():
        # Read last, as their rows describe the others: so no row is older than what it describes.
        state.versions |= {_name(shared): reader.version(shared) for shared in (Quarantine, RowLedger)}
    for contract in contracts:
        _read_table(instance, state, readers[table_rules(contract).domain], contract, days)
    return state


def moved(instance: dg.DagsterInstance, state: SilverState, days: Sequence[date]) -> dict[date, str]:
    """Days of which a table was made again since the state was read, with the reason that holds them back."""
    found: dict[date, str] = {}
    for contract, before in state.materialized.items():
        now = _materialized(instance, contract, days)
        changed = (day for day in days if now.get(day.isoformat()) != before.get(day.isoformat()))
        found |= {day: _being_made(contract) for day in changed}
    return found


def _read_table(
    instance: dg.DagsterInstance,
    state: SilverState,
    reader: SilverReader,
    contract: type[SilverContract],
    days: Sequence[date],
) -> None:
    newest = newest_materializations(instance, silver_key(contract), (day.isoformat() for day in days))
    state.materialized[contract] = {day: made.storage_id for day, made in newest.items()}
    for day in days:
        row, known = reader.ledger(contract, day), newest.get(day.isoformat())
        if row is None or known is None:
            continue  # The gate reports a day that was never made.
        is_recorded = reader.newest_write(contract, day) <= row["silver_version"] <= reader.version(contract)
        if not is_recorded or known.metadata.get(INPUT) != row[INPUT]:
            state.unsettled[day] = _being_made(contract)
        state.inputs[day][_name(contract)] = row[INPUT] or ""


def _materialized(
    instance: dg.DagsterInstance, contract: type[SilverContract], days: Sequence[date]
) -> dict[str, int]:
    newest = newest_materializations(instance, silver_key(contract), (day.isoformat() for day in days))
    return {day: made.storage_id for day, made in newest.items()}


def _being_made(contract: type[SilverContract]) -> str:
    table = f"silver.{_name(contract)}"
    return f"another run is writing {table} of this day, or was killed while it wrote: run the day again"


def _domains(contracts: Collection[type[SilverContract]]) -> set[str]:
    return {table_rules(contract).domain for contract in contracts}


def _name(contract: type[Contract]) -> str:
    return f"{table_rules(contract).domain}.{table_rules(contract).table}"
