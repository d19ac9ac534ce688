"""Silver as a run of gold reads it: one version of each table, and what each day was made from."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import dagster as dg

from shopflow_assets.materializations import newest_materializations
from shopflow_assets.settings import settings
from shopflow_assets.silver.inputs import INPUT
from shopflow_assets.silver.reader import SilverReader, newest_versions
from shopflow_assets.silver.silver_step import silver_key
from spark_jobs.contracts.contract import Contract, SilverContract, table_rules
from spark_jobs.contracts.quality import Quarantine, RowLedger

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class SilverState:
    """Versions by `schema.table`; by day the input hash of each table, and why a day cannot be read now."""

    versions: Mapping[str, int]
    inputs: dict[date, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    unsettled: dict[date, str] = field(default_factory=dict)


def read_state(
    instance: dg.DagsterInstance, contracts: Iterable[type[SilverContract]], days: Sequence[date]
) -> SilverState:
    """Fix the versions of these tables and read what their days were made from.

    A day of which another run has written rows and not yet the ledger, or not yet told Dagster, is unsettled:
    that run brings it to gold itself.
    """
    tables = list(contracts)
    everything: list[type[Contract]] = [*tables, Quarantine, RowLedger]
    state = SilverState(newest_versions(settings(), everything))
    for contract in tables:
        rules = table_rules(contract)
        name = f"{rules.domain}.{rules.table}"
        reader = SilverReader(settings(), rules.domain, days)
        version, rewritten = reader.newest_write(contract)
        newest = newest_materializations(instance, silver_key(contract), (day.isoformat() for day in days))
        for day in days:
            row, known = reader.ledger(contract, day), newest.get(day.isoformat())
            if row is None or known is None:
                continue  # The gate says that the day was never made.
            is_recorded = day.isoformat() not in DAY.findall(rewritten) or row["silver_version"] >= version
            if not is_recorded or known.metadata.get(INPUT) != row[INPUT]:
                state.unsettled[day] = f"silver.{name} is being made anew by another run"
            state.inputs[day][name] = row[INPUT] or ""
    return state
