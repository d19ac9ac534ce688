"""What a run over some days of a domain would do, found without running it: the same rules as the steps' own.

Reads the inbox, manifests, the ledger and `published_days`; imports no Dagster, so that it takes a second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shopflow_assets.domain import Domain
from shopflow_assets.gold.graph import GoldGraph
from shopflow_assets.gold.published import published
from shopflow_assets.settings import settings
from shopflow_assets.silver.inputs import INPUT, input_sha256
from shopflow_assets.silver.reader import SilverReader
from shopflow_assets.sources.bronze import BronzeTable
from spark_jobs.silver_table import SilverTable


@dataclass(frozen=True)
class DayPlan:
    """What there is to do for a day: tables to land, tables to make, and why gold has to run."""

    day: date
    to_land: tuple[str, ...] = ()
    to_make: tuple[str, ...] = ()
    gold: str = ""

    @property
    def is_empty(self) -> bool:
        """There is nothing to do."""
        return not (self.to_land or self.to_make or self.gold)


def plan(domain: Domain, manifest: Mapping[str, Any], days: Sequence[date]) -> list[DayPlan]:
    """What each day needs; `manifest` is dbt's."""
    graph, reader = GoldGraph(manifest, domain.name), SilverReader(settings(), domain.name, days)
    in_gold = published(domain.name, days) if graph.models else {}
    plans = []
    for day in days:
        to_land = domain.source.news(domain.contracts, day)
        names = {table: table.rules.table for table in domain.tables}
        to_make = tuple(names[t] for t in domain.tables if t.contract in to_land or _is_new(reader, t, day))
        landed = tuple(names[table] for table in domain.tables if table.contract in to_land)
        state = in_gold.get(day)
        why = "silver changes" if to_make else ""
        if graph.models and not why:
            if state is None:
                why = "it never had the day"
            elif not state.is_complete:
                why = state.reason
            elif state.models_sha256 != graph.sha256:
                why = "models or limits changed"
            elif any(
                state.inputs.get(f"{domain.name}.{name}") != _made_from(reader, table, day)
                for table, name in names.items()
            ):
                why = "it has an older state of silver"
        plans.append(DayPlan(day, landed, to_make, why if graph.models else ""))
    return plans


def _is_new(reader: SilverReader, table: SilverTable, day: date) -> bool:
    """Silver of the day was not made from what is landed, or by other code."""
    manifest = BronzeTable.of(table.contract).manifest(day)
    if manifest is None or not manifest.files:
        return True
    wanted = input_sha256(table, manifest, settings().limits, reader.table_id(table.contract))
    return _made_from(reader, table, day) != wanted


def _made_from(reader: SilverReader, table: SilverTable, day: date) -> str:
    row = reader.ledger(table.contract, day)
    return (row[INPUT] or "") if row else ""
