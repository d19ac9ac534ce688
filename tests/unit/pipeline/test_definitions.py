"""The code location as Dagster sees it: all that is declared is there, with what every asset must have."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from shopflow_assets.registry import DOMAINS, SILVER_TABLES, TABLES
from spark_jobs.contracts.table import Table

# The kinds of sources, and what the sensor of each looks for.
SOURCES = {"inbox": "arrival", "postgres": "changes"}
SILVER_CHECKS = {"made", "contract", "row_ledger", "quarantined_share", "reconciliation"}
BRONZE_CHECKS = {"freshness", "volume"}


@pytest.fixture(scope="module")
def definitions(pipeline: Path) -> dg.Definitions:
    from shopflow_assets.definitions import defs

    return defs


@pytest.fixture(scope="module")
def models(pipeline: Path) -> list[dict[str, Any]]:
    """What dbt has of every gold table and view."""
    manifest = json.loads((pipeline / "dbt" / "target" / "manifest.json").read_text())
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def source_of(domain: str) -> str:
    return f"{DOMAINS[domain].source.name}/{domain}"


def sensor_of(domain: str) -> str:
    return f"{domain}_{SOURCES[DOMAINS[domain].source.name]}"


def asset_of(layer: str, table: Table) -> str:
    return f"{layer}/{table.domain}/{table.rules.table}"


def assets_of(definitions: dg.Definitions, domain: str) -> set[dg.AssetKey]:
    keys = definitions.resolve_asset_graph().materializable_asset_keys
    return {key for key in keys if key.path[1] == domain}


def test_the_assets_are_the_tables_of_contracts_and_models_and_the_sources(
    definitions: dg.Definitions, models: list[dict[str, Any]]
) -> None:
    expected = {asset_of("silver", table) for table in TABLES}
    expected |= {asset_of("bronze", table) for table in SILVER_TABLES}
    expected |= {source_of(domain) for domain in DOMAINS}
    expected |= {f"gold/{model['schema']}/{model['name']}" for model in models}
    assert {key.to_user_string() for key in definitions.resolve_all_asset_keys()} == expected


def test_every_table_has_the_checks_of_its_layer_and_silver_and_gold_hold_a_day_back(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    blocking: dict[str, set[str]] = defaultdict(set)
    warning: dict[str, set[str]] = defaultdict(set)
    for key in graph.asset_check_keys:
        kind = blocking if graph.get_check_spec(key).blocking else warning
        kind[key.asset_key.to_user_string()].add(key.name)
    for table in SILVER_TABLES:
        assert blocking[asset_of("silver", table)] == SILVER_CHECKS
        assert blocking[asset_of("bronze", table)] == {"landed"}
        of_source = set(DOMAINS[table.domain].source.warnings)
        assert warning[asset_of("bronze", table)] == BRONZE_CHECKS | of_source
    # Money of gold is compared with silver; dbt's own tests skip what is downstream of them.
    reconciled = {asset for asset, names in blocking.items() if "reconciliation" in names}
    assert reconciled >= {"gold/ecommerce/orders", "gold/ecommerce/order_items"}


def test_every_asset_has_a_description_kinds_and_owners(definitions: dg.Definitions) -> None:
    for spec in definitions.resolve_all_asset_specs():
        assert spec.description, spec.key
        assert spec.kinds, spec.key
        assert spec.owners, spec.key


def test_the_group_of_an_asset_is_its_domain_and_layer(
    definitions: dg.Definitions, models: list[dict[str, Any]]
) -> None:
    folders = {f"gold/{model['schema']}/{model['name']}": model["fqn"][2] for model in models}
    for spec in definitions.resolve_all_asset_specs():
        layer, domain = spec.key.path[:2]
        if layer in SOURCES:
            layer = "bronze"
        # These folders of models have a group of their own.
        if (folder := folders.get(spec.key.to_user_string())) in ("versions", "staging"):
            layer = folder
        assert spec.group_name == f"{domain}_{layer}", spec.key


def test_every_check_has_a_description(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert len(graph.asset_check_keys) > 20
    for key in graph.asset_check_keys:
        assert graph.get_check_spec(key).description, key


def test_every_table_shows_its_columns_with_descriptions(definitions: dg.Definitions) -> None:
    for spec in definitions.resolve_all_asset_specs():
        if spec.key.path[0] in SOURCES:
            continue
        schema = spec.metadata["dagster/column_schema"]
        assert schema.columns, spec.key
        assert all(column.description for column in schema.columns), spec.key


def test_the_columns_of_silver_and_gold_show_their_data_classes(definitions: dg.Definitions) -> None:
    tags: dict[str, dict[str, Mapping[str, str]]] = {}
    for spec in definitions.resolve_all_asset_specs():
        if spec.key.path[0] in ("silver", "gold"):
            columns = spec.metadata["dagster/column_schema"].columns
            tags[spec.key.to_user_string()] = {column.name: column.tags for column in columns}
    assert all(set(tag) == {"data_class"} for table in tags.values() for tag in table.values())
    assert tags["silver/ecommerce/order_lines"]["email"] == {"data_class": "personal"}
    assert tags["gold/ecommerce/customers"]["email"] == {"data_class": "personal"}
    assert tags["gold/ecommerce/orders"]["customer_id"] == {"data_class": "token"}
    assert tags["gold/ecommerce/orders"]["is_complete"] == {"data_class": "public"}


def test_columns_can_be_followed_from_the_source_to_silver(definitions: dg.Definitions) -> None:
    specs = {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}
    for table in SILVER_TABLES:
        source = source_of(table.domain)
        bronze, silver = asset_of("bronze", table), asset_of("silver", table)
        for downstream, upstream in ((bronze, source), (silver, bronze)):
            lineage = specs[downstream].metadata["dagster/column_lineage"]
            assert set(lineage.deps_by_column) == set(table.source_names)
            for column, made_from in lineage.deps_by_column.items():
                deps = [(d.asset_key.to_user_string(), d.column_name) for d in made_from]
                assert deps == [(upstream, column)]


def test_all_materializable_assets_share_one_partitions_definition(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assets = graph.materializable_asset_keys
    assert len({str(graph.get(key).partitions_def) for key in assets}) == 1
    assert all(graph.get(key).backfill_policy == dg.BackfillPolicy.single_run() for key in assets)


def test_every_check_reports_per_day(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert all(graph.get_check_spec(key).partitions_def for key in graph.asset_check_keys)


def test_jobs_schedules_and_sensors_can_be_loaded(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)
    repository = definitions.get_repository_def()
    assert {job.name for job in repository.get_all_jobs()} >= {"shopflow_daily", "shopflow_weekly"}


def test_nothing_runs_by_itself_until_someone_turns_it_on(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    status_of = {s.name: s.default_status for s in (*repository.schedule_defs, *repository.sensor_defs)}
    assert set(status_of) == {"shopflow_daily", "shopflow_weekly", *map(sensor_of, DOMAINS)}
    assert {status.value for status in status_of.values()} == {"STOPPED"}


def test_a_scheduled_run_is_started_again_when_its_process_dies(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    asked_at = dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 2, 1, 3, tzinfo=UTC), repository_def=repository
    )
    for schedule in repository.schedule_defs:
        runs = schedule.evaluate_tick(asked_at).run_requests or []
        assert runs
        assert all(int(run.tags["dagster/max_retries"]) > 0 for run in runs)


def test_the_nightly_schedule_carries_yesterday_in_a_run_for_each_domain(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    asked_at = dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 2, 1, 1, tzinfo=UTC), repository_def=repository
    )
    runs = repository.get_schedule_def("shopflow_daily").evaluate_tick(asked_at).run_requests or []
    assert [run.partition_key for run in runs] == ["2026-01-31"] * len(DOMAINS)
    assert [{*(run.asset_selection or [])} for run in runs] == [assets_of(definitions, d) for d in DOMAINS]


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_job_and_the_sensor_of_a_domain_carry_all_its_tables_and_no_others(
    definitions: dg.Definitions, domain: str
) -> None:
    graph, repository = definitions.resolve_asset_graph(), definitions.get_repository_def()
    mine = assets_of(definitions, domain)
    [target] = repository.get_sensor_def(sensor_of(domain)).targets
    started = repository.get_job(target.job_name).asset_layer
    assert started.selected_asset_keys == mine
    checks = {key for key in graph.asset_check_keys if key.asset_key in mine}
    assert started.asset_graph.asset_check_keys == checks


def test_the_weekly_steps_wait_for_the_writers(
    definitions: dg.Definitions, models: list[dict[str, Any]]
) -> None:
    steps = definitions.resolve_job_def("shopflow_weekly").nodes
    ops = [step.definition for step in steps if isinstance(step.definition, dg.OpDefinition)]
    writers = {"tidy_quality_tables": "quality"} | {
        f"tidy_{name}_silver": f"{name}_silver" for name in DOMAINS
    }
    for name in {model["schema"] for model in models} & DOMAINS.keys():
        writers |= {f"test_{name}_gold": f"{name}_gold", f"tidy_{name}_gold": f"{name}_gold"}
    writers |= {f"tidy_{n}_bronze": f"{n}_bronze" for n in DOMAINS if sensor_of(n).endswith("changes")}
    assert {op.name: op.pool for op in ops} == writers
    assert all(op.description for op in ops)
