"""What a run over some days of a domain would do, found without a run, by the same rules as in the steps.

Reads the inbox, manifests, the ledger and `published_days`. Imports no Dagster, so it takes about a second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shopflow_assets.domain import Domain
from shopflow_assets.gold.dbt.graph import GoldGraph
from shopflow_assets.gold.published_days import PublishedDay, published
from shopflow_assets.registry import SILVER_TABLES
from shopflow_assets.settings import settings
from shopflow_assets.silver.inputs import INPUT, input_sha256
from shopflow_assets.silver.reader import SilverReader
from shopflow_assets.sources.bronze import BronzeTable
from spark_jobs.silver_table import SilverTable


@dataclass(frozen=True)
class DayPlan:
    """What there is to do for a day: tables to land, silver tables to make, and why gold has to run.

    A day is missing when no table of the domain has, or ever landed, anything of it.
    """

    day: date
    to_land: tuple[str, ...] = ()
    to_make: tuple[str, ...] = ()
    gold: str = ""
    is_missing: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.to_land or self.to_make or self.gold)


def plan(domain: Domain, manifest: Mapping[str, Any], days: Sequence[date]) -> list[DayPlan]:
    """What there is to do for each day; `manifest` is dbt's."""
    graph = GoldGraph(manifest, domain.name)
    read = [table for table in SILVER_TABLES if table.name in graph.sources]
    domains_read = {domain.name} | {table.domain for table in read}
    readers = {name: SilverReader(settings(), name, days) for name in domains_read}
    in_gold = published(domain.name, days) if graph.models else {}
    bronze = domain.source.bronze(domain.tables)
    plans, news = [], domain.source.news(domain.tables, days)
    for day in days:
        to_land = news[day]
        own = readers[domain.name]
        to_make = [t for t in domain.tables if t in to_land or _is_new(own, bronze[t], t, day)]
        gold = ""
        if graph.models:
            inputs = {table.name: _made_from(readers[table.domain], table, day) for table in read}
            gold = "silver changes" if to_make else _why_gold(in_gold.get(day), graph.sha256, inputs)
        landed = tuple(table.rules.table for table in domain.tables if table in to_land)
        remade = tuple(table.rules.table for table in to_make)
        is_missing = len(landed) == len(domain.tables) and _is_missing(domain, bronze, day)
        plans.append(DayPlan(day, landed, remade, gold, is_missing))
    return plans


def _is_missing(domain: Domain, bronze: Mapping[SilverTable, BronzeTable], day: date) -> bool:
    # A manifest without files is left by a refused or withdrawn file: that day is not missing.
    manifests = (bronze[table].manifest(day) for table in domain.tables)
    return not any(manifests) and not domain.source.has_arrived(domain.tables, day)


def _why_gold(state: PublishedDay | None, models_sha256: str, inputs: Mapping[str, str]) -> str:
    """Why gold of a day has to run; empty when it does not have to."""
    if state is None:
        return "gold never had the day"
    if not state.is_complete:
        return state.reason
    if state.models_sha256 != models_sha256:
        return "models or limits changed"
    return "gold has an older state of silver" if state.stale_inputs(inputs) else ""


def _is_new(reader: SilverReader, bronze: BronzeTable, table: SilverTable, day: date) -> bool:
    """Whether silver of the day is not yet made from the landed files by the current code."""
    manifest = bronze.manifest(day)
    if manifest is None or not manifest.is_landed:
        return True
    wanted = input_sha256(table, manifest, settings().limits, reader.table_id(table))
    return reader.unchanged(table, day, wanted) is None


def _made_from(reader: SilverReader, table: SilverTable, day: date) -> str:
    row = reader.ledger(table, day)
    return (row[INPUT] or "") if row else ""
