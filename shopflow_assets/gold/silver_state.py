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
from spark_jobs.contracts.quality import QUARANTINE, ROW_LEDGER
from spark_jobs.silver_table import SilverTable


@dataclass
class SilverState:
    """Versions by `domain.table`; by day, the input hash of each table and why the day cannot be read now."""

    versions: dict[str, int] = field(default_factory=dict)
    inputs: dict[date, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    unsettled: dict[date, str] = field(default_factory=dict)
    materialized: dict[SilverTable, Mapping[str, int]] = field(default_factory=dict)


def read_state(
    instance: dg.DagsterInstance, tables: Collection[SilverTable], days: Sequence[date]
) -> SilverState:
    """Fix the versions of these tables and read what their days were made from.

    A day is unsettled while another run makes its silver: the rows are written, but the ledger or Dagster
    does not show it yet. That run brings the day to gold itself. A killed run leaves such days too.
    """
    state = SilverState()
    readers = {domain: SilverReader(settings(), domain, days) for domain in {t.domain for t in tables}}
    for table in tables:
        state.versions[table.name] = readers[table.domain].version(table)
    for reader in readers.values():
        # Read last, as their rows describe the others: so no row is older than what it describes.
        state.versions |= {shared.name: reader.version(shared) for shared in (QUARANTINE, ROW_LEDGER)}
    for table in tables:
        _read_table(instance, state, readers[table.domain], table, days)
    return state


def moved(instance: dg.DagsterInstance, state: SilverState, days: Sequence[date]) -> dict[date, str]:
    """Days of which a table was rewritten since the state was read, with the reason that holds them back."""
    reasons: dict[date, str] = {}
    for table, before in state.materialized.items():
        now = _materialized(instance, table, days)
        changed = (day for day in days if now.get(day.isoformat()) != before.get(day.isoformat()))
        reasons |= {day: _being_made(table) for day in changed}
    return reasons


def _read_table(
    instance: dg.DagsterInstance,
    state: SilverState,
    reader: SilverReader,
    table: SilverTable,
    days: Sequence[date],
) -> None:
    newest = newest_materializations(instance, silver_key(table), (day.isoformat() for day in days))
    state.materialized[table] = {day: event.storage_id for day, event in newest.items()}
    for day in days:
        row, known = reader.ledger(table, day), newest.get(day.isoformat())
        if row is None or known is None:
            continue  # The gate reports a day that was never made.
        is_recorded = reader.newest_write(table, day) <= row["silver_version"] <= reader.version(table)
        if not is_recorded or known.metadata.get(INPUT) != row[INPUT]:
            state.unsettled[day] = _being_made(table)
        state.inputs[day][table.name] = row[INPUT] or ""


def _materialized(instance: dg.DagsterInstance, table: SilverTable, days: Sequence[date]) -> dict[str, int]:
    newest = newest_materializations(instance, silver_key(table), (day.isoformat() for day in days))
    return {day: event.storage_id for day, event in newest.items()}


def _being_made(table: SilverTable) -> str:
    name = f"silver.{table.name}"
    return f"another run is writing {name} of this day, or was killed while it wrote: run the day again"
