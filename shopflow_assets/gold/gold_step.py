"""The gold step of a domain: it takes the days that passed silver's checks and have something new."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from shopflow_assets.checks.silver import blocking_checks
from shopflow_assets.days.day_report import fail_for_bad_days
from shopflow_assets.days.gate import held_back
from shopflow_assets.days.partitions import DAILY, ONE_RUN, run_days
from shopflow_assets.days.run_tags import is_forced
from shopflow_assets.disk import room_on_disk
from shopflow_assets.domain import Domain
from shopflow_assets.gold.batches import BatchSize, batches
from shopflow_assets.gold.dbt.build import GoldBuild
from shopflow_assets.gold.dbt.graph import GoldGraph, Source
from shopflow_assets.gold.dbt.project import GoldTranslator, manifest, project
from shopflow_assets.gold.published_days import LONGEST_REASON, PublishedDay, published, record
from shopflow_assets.gold.silver_state import SilverState, moved, read_state
from shopflow_assets.registry import SILVER_TABLES
from shopflow_assets.settings import settings
from shopflow_assets.silver.silver_step import attempts
from spark_jobs.contracts.table import Table
from spark_jobs.silver_table import SilverTable

TRANSLATOR = GoldTranslator()


def gold_step(domain: Domain) -> dg.AssetsDefinition:
    """One step for the models in the domain's folder of the dbt project."""

    @dbt_assets(
        manifest=manifest(),
        select=f"path:models/{domain.name}",
        name=f"{domain.name}_gold",
        project=project(),
        partitions_def=DAILY,
        backfill_policy=ONE_RUN,
        dagster_dbt_translator=TRANSLATOR,
        pool=f"{domain.name}_gold",
    )
    def build(context: dg.AssetExecutionContext, config: BatchSize) -> Iterator[Any]:
        days, build = run_days(context), GoldBuild(context, domain.name, TRANSLATOR)
        with room_on_disk(settings().home):
            state = read_state(context.instance, read_by(build.graph, build.selected), days)
            before = published(domain.name, days)
            bad = _held_back(context, build, state, before, days)
            good = [day for day in days if day not in bad]
            yield from _publish(context, build, state, before, good, config.rows_at_once)
            build.raise_on_failure(bad)
            fail_for_bad_days(context, domain.name, bad)

    return build


def read_by(graph: GoldGraph, models: Collection[str]) -> list[SilverTable]:
    """The silver tables that models read, themselves or through other models."""
    names = graph.sources_of(models)
    return [table for table in SILVER_TABLES if table.name in names]


def gate_checks(tables: Collection[Table]) -> list[dg.AssetCheckKey]:
    """The checks that a day must have passed before gold takes it."""
    return [*attempts(tables), *(check for table in tables for check in blocking_checks(table))]


def _held_back(
    context: dg.AssetExecutionContext,
    build: GoldBuild,
    state: SilverState,
    before: Mapping[date, PublishedDay],
    days: Sequence[date],
) -> dict[date, str]:
    refused = held_back(context.instance, gate_checks(read_by(build.graph, build.selected)), days)
    bad = state.unsettled | moved(context.instance, state, days) | refused
    held = {day: PublishedDay(False, reason[:LONGEST_REASON]) for day, reason in bad.items()}
    # A known state is not recorded again: else each run would add a row for a day that stays bad.
    record(build.domain, context.run_id, {day: new for day, new in held.items() if before.get(day) != new})
    for day, reason in bad.items():
        context.log.error(f"{day} held back: {reason}")
    return bad


def _publish(
    context: dg.AssetExecutionContext,
    build: GoldBuild,
    state: SilverState,
    before: Mapping[date, PublishedDay],
    days: Sequence[date],
    rows_at_once: int,
) -> Iterator[Any]:
    """Build the days that have something new. Until all its tables are built, a day is incomplete."""
    missing = {day: _missing(build.graph, state, day, before.get(day)) for day in days}
    takes_all = is_forced(context) or not build.is_whole
    changed = dict.fromkeys(days, build.graph.sources) if takes_all else missing
    new = [day for day in days if changed[day]]
    if passed_over := len(days) - len(new):
        context.log.info(f"{passed_over} days skipped: gold already has this silver, built by these models")
    # A run of some tables, or of tests alone, keeps a day as complete as it was, unless silver is newer.
    touched = [day for day in new if build.is_whole or (missing[day] and build.selected)]
    run = context.run_id[:8]
    begun = f"run {run} is bringing it to gold" if build.is_whole else f"run {run} made a part of the tables"
    record(build.domain, context.run_id, dict.fromkeys(touched, PublishedDay(False, begun)))
    in_batches = list(batches(new, rows_at_once, build.graph.sources))
    yield from build.days(in_batches, changed, state.versions)
    if build.is_whole:
        done = {
            day: PublishedDay(True, "", state.inputs[day], build.graph.sha256)
            if day in build.built
            else PublishedDay(False, f"run {run} failed in gold")
            for day in new
        }
        record(build.domain, context.run_id, done)


def _missing(
    graph: GoldGraph, state: SilverState, day: date, before: PublishedDay | None
) -> Collection[Source]:
    """The silver tables whose rows of the day gold does not have as they are now."""
    if before is None or not before.is_complete or before.models_sha256 != graph.sha256:
        return graph.sources
    new = before.stale_inputs(state.inputs[day])
    # Quarantine and ledger are written with each table.
    return {source for source in graph.sources if source in new or (new and source.startswith("quality."))}
