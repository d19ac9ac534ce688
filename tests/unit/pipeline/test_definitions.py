"""The code location as Dagster sees it: all that is declared is there, with what every asset must have."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import dagster as dg

from shopflow_assets.registry import DOMAINS, SILVER_TABLES, TABLES
from spark_jobs.contracts.table import Table

SOURCES = {"inbox", "postgres"}
SILVER_CHECKS = {"made", "contract", "row_ledger", "quarantined_share", "reconciliation"}
BRONZE_CHECKS = {"freshness", "volume"}


def source_of(domain: str) -> str:
    return f"{DOMAINS[domain].source.name}/{domain}"


def asset_of(layer: str, table: Table) -> str:
    return f"{layer}/{table.domain}/{table.rules.table}"


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
