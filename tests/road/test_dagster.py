"""What Dagster shows of the days: the graph, rows per day, column lineage, and a result of every check."""

from typing import Any

from local_stack.services.health import graphql
from tests.harness.lakehouse import Lakehouse
from tests.road.carried import DAYS


def test_the_graph_read_back_through_graphql_is_the_one_that_is_defined(road: Lakehouse) -> None:
    query = """{ assetNodes { assetKey { path } groupName kinds description
                 dependencyKeys { path } partitionDefinition { type } } }"""
    nodes = {"/".join(n["assetKey"]["path"]): n for n in graphql(road.stack.settings, query)["assetNodes"]}
    assert {"/".join(path) for path in road.gold_assets()} <= nodes.keys()
    silver = nodes["silver/ecommerce/order_lines"]
    assert [key["path"] for key in silver["dependencyKeys"]] == [["bronze", "ecommerce", "order_lines"]]
    assert set(silver["kinds"]) == {"spark", "deltalake"}
    assert all(node["description"] for node in nodes.values())
    gold = nodes["gold/ecommerce/order_items"]["dependencyKeys"]
    assert ["silver", "ecommerce", "order_lines"] in [key["path"] for key in gold]


def test_every_day_is_materialized_and_has_its_own_check_results(road: Lakehouse) -> None:
    query = """query P($key: AssetKeyInput!) { assetNodeOrError(assetKey: $key) { ... on AssetNode {
                 partitionStats { numMaterialized numFailed } } } }"""
    for path in (["bronze", "ecommerce", "order_lines"], ["gold", "ecommerce", "business_metrics"]):
        found = graphql(road.stack.settings, query, {"key": {"path": path}})["assetNodeOrError"]
        assert found["partitionStats"]["numMaterialized"] >= len(DAYS)
    for name in ("contract", "row_ledger", "quarantined_share", "reconciliation"):
        results = _check_results(road, ["silver", "ecommerce", "order_lines"], name)
        assert {day: results[str(day)]["success"] for day in DAYS} == dict.fromkeys(
            DAYS, name != "quarantined_share"
        )


def test_materializations_say_how_many_records_each_day_has(road: Lakehouse) -> None:
    query = """query M($key: AssetKeyInput!) { assetNodeOrError(assetKey: $key) { ... on AssetNode {
                 assetMaterializations(limit: 10) { partition metadataEntries {
                   label ... on IntMetadataEntry { intValue } } } } } }"""

    def counts(path: list[str], label: str) -> dict[str, int]:
        found = graphql(road.stack.settings, query, {"key": {"path": path}})["assetNodeOrError"]
        return {
            made["partition"]: entry["intValue"]
            for made in reversed(found["assetMaterializations"])
            for entry in made["metadataEntries"]
            if entry["label"] == label
        }

    bronze = counts(["bronze", "ecommerce", "order_lines"], "dagster/partition_row_count")
    silver = counts(["silver", "ecommerce", "order_lines"], "dagster/partition_row_count")
    merged = counts(["gold", "ecommerce", "order_items"], "rows_merged")
    for day in DAYS:
        assert bronze[str(day)] == road.truth(day)["records"]
        assert silver[str(day)] == road.truth(day)["good_lines"]
        # Trino merges the days of a run at once.
        assert merged[str(day)] == road.hashes()["order_items"][0]


def test_every_gold_column_says_which_columns_it_is_made_from(road: Lakehouse) -> None:
    query = """query L($key: AssetKeyInput!) { assetNodeOrError(assetKey: $key) { ... on AssetNode {
                 assetMaterializations(limit: 1) { metadataEntries {
                   ... on TableColumnLineageMetadataEntry { lineage {
                     columnName columnDeps { assetKey { path } columnName } } } } } } } }"""
    for table in road.gold_tables():
        key = {"path": ["gold", "ecommerce", table]}
        found = graphql(road.stack.settings, query, {"key": key})["assetNodeOrError"]["assetMaterializations"]
        [lineage] = [entry["lineage"] for entry in found[0]["metadataEntries"] if entry]
        columns = {c["Column"] for c in road.sql(f"show columns from gold.ecommerce.{table}")}
        assert {entry["columnName"] for entry in lineage} == columns, table
        if table == "orders":
            made_from = {entry["columnName"]: entry["columnDeps"] for entry in lineage}["total_amount"]
            items = {"assetKey": {"path": ["gold", "ecommerce", "order_items"]}, "columnName": "total_amount"}
            assert made_from == [items]


def test_the_contract_check_shows_the_quality_of_each_day(road: Lakehouse) -> None:
    results = _check_results(road, ["silver", "ecommerce", "order_lines"], "contract")
    for day in DAYS:
        labels = {entry["label"] for entry in results[str(day)]["metadataEntries"]}
        assert {"completeness", "accuracy", "consistency", "timeliness_hours"} <= labels


def test_dbt_tests_are_checks_with_a_result_per_day(road: Lakehouse) -> None:
    results = _check_results(road, ["gold", "ecommerce", "orders"], "orders_key_is_unique")
    assert all(results[str(day)]["success"] for day in DAYS)


def test_a_failed_dbt_test_says_how_many_rows_it_found_and_shows_some(road: Lakehouse) -> None:
    incomplete = road.sql(
        "select order_id from gold.ecommerce.orders where not is_complete order by order_id"
    )
    orders = [row["order_id"] for row in incomplete]
    assert len(orders) > 5
    results = _check_results(road, ["gold", "ecommerce", "orders"], "orders_are_complete")
    said = {results[str(day)]["description"] for day in DAYS}
    assert said == {f"rows that break the rule: {len(orders)}, such as {', '.join(orders[:5])}"}


def _check_results(road: Lakehouse, path: list[str], name: str) -> dict[str, dict[str, Any]]:
    """Newest evaluation per partition."""
    query = """query C($key: AssetKeyInput!, $name: String!) {
                 assetCheckExecutions(assetKey: $key, checkName: $name, limit: 100) {
                   evaluation { success partition description metadataEntries { label } } } }"""
    variables = {"key": {"path": path}, "name": name}
    executions = graphql(road.stack.settings, query, variables)["assetCheckExecutions"]
    evaluations = [e["evaluation"] for e in executions if e["evaluation"]]
    return {e["partition"]: e for e in reversed(evaluations)}
