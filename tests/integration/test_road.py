"""Three days from the inbox to gold, against the simulator's truth and against the files themselves."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl
import pytest

from local_stack.analysis import statement
from local_stack.health import graphql
from spark_jobs.contracts.ecommerce import OrderLines
from spark_jobs.contracts.quality import Quarantine, RowLedger
from tests.integration.from_files import SQL, tables_from_files
from tests.integration.lakehouse import GOLD, Lakehouse, days
from tests.integration.stack import Stack

DAYS = days(3)


@pytest.fixture(scope="module")
def road(stack: Stack) -> Lakehouse:
    """Three simulated days in all layers, carried in one run."""
    lakehouse = Lakehouse(stack)
    lakehouse.empty()
    lakehouse.simulate(DAYS[0], DAYS[-1])
    lakehouse.backfill(DAYS[0], DAYS[-1])
    return lakehouse


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_counts_and_cents_of_silver_equal_the_truth(road: Lakehouse, day: date) -> None:
    truth = road.truth(day)
    silver = road.silver(OrderLines).filter(pl.col("partition_date") == day)
    assert silver.height == truth["good_lines"]
    assert silver["order_id"].n_unique() == truth["orders"]
    assert silver["total_amount"].cast(pl.Decimal(38, 2)).sum() * 100 == truth["total_amount_cents"]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_ledger_equals_the_truth(road: Lakehouse, day: date) -> None:
    truth = road.truth(day)
    [ledger] = road.silver(RowLedger).filter(pl.col("partition_date") == day).to_dicts()
    assert ledger["bronze_rows"] == truth["records"]
    assert ledger["duplicate_rows"] == truth["duplicate_lines"]
    assert ledger["quarantined_rows"] == truth["quarantined_lines"]
    assert ledger["duplicate_amount"] * 100 == truth["duplicate_amount_cents"]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_silver_holds_exactly_the_lines_that_were_meant(road: Lakehouse, day: date) -> None:
    meant = road.stack.home.path / "truth" / "ecommerce" / f"{day}.lines.csv"
    expected = pl.read_csv(meant, infer_schema=False)
    silver = road.silver(OrderLines).filter(pl.col("partition_date") == day).select(expected.columns)
    expected = expected.with_columns(
        pl.col("order_date").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us"),
        pl.col("registration_date").str.to_date(),
    ).cast(dict(silver.schema))
    key = ["order_id", "product_id"]
    assert silver.sort(key).equals(expected.sort(key))


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_planted_defect_is_in_quarantine_with_its_reason_and_nothing_else(
    road: Lakehouse, day: date
) -> None:
    found = road.silver(Quarantine).filter(pl.col("partition_date") == day).to_dicts()
    refused = [(_record(row["record"]), row["reasons"]) for row in found]
    for planted in road.truth(day)["planted"]:
        sent = _plain(planted["sent"]) if "sent" in planted else _record_of_raw(planted["raw"])
        match = next((r for r in refused if _holds(*r, sent, planted["reason"])), None)
        assert match, planted
        refused.remove(match)
    assert refused == []


def test_every_kind_of_reason_occurs(road: Lakehouse) -> None:
    kinds = Counter(planted["kind"] for day in DAYS for planted in road.truth(day)["planted"])
    assert len(kinds) > 40


@pytest.fixture(scope="module")
def files(road: Lakehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with tables_from_files(road, DAYS, tmp_path_factory.mktemp("files")) as database:
        yield database


def test_revenue_per_day_from_the_files_alone_agrees_with_gold(
    road: Lakehouse, files: duckdb.DuckDBPyConnection
) -> None:
    expected = files.execute("""
        select cast(order_date as date), count(*),
            coalesce(sum(total_amount) filter (where order_status not in ('cancelled', 'returned')), 0)
        from orders group by all order by 1""").fetchall()
    gold = road.sql("select order_date, orders, revenue from gold.ecommerce.business_metrics order by 1")
    assert [(row["order_date"], row["orders"], row["revenue"]) for row in gold] == expected
    assert len(expected) == len(DAYS)


@pytest.mark.parametrize("name", ["top_customers", "category_sales", "customer_lifetime_value"])
def test_an_analysis_says_what_the_files_alone_say(
    road: Lakehouse, files: duckdb.DuckDBPyConnection, name: str
) -> None:
    files.execute((SQL / "analyses_from_files.sql").read_text())
    expected = files.table(name)
    rows = road.sql(statement(road.stack.home, name))
    assert [tuple(row.values()) for row in rows] == expected.fetchall()
    assert list(rows[0]) == expected.columns


def test_the_shares_of_the_categories_are_those_of_their_own_view(road: Lakehouse) -> None:
    shares: dict[date, dict[str, Decimal]] = {}
    for row in road.sql(
        "select order_date, category, revenue_share from gold.ecommerce.category_performance"
    ):
        shares.setdefault(row["order_date"], {})[row["category"]] = row["revenue_share"]
    metrics = road.sql("select order_date, category_revenue_shares from gold.ecommerce.business_metrics")
    assert {row["order_date"]: row["category_revenue_shares"] for row in metrics} == shares
    assert all(abs(sum(of_day.values()) - 1) < Decimal("0.00001") for of_day in shares.values())


def test_gold_says_of_each_order_what_its_current_lines_say(road: Lakehouse) -> None:
    orders = road.sql("select sum(total_amount) as amount, count(*) as n from gold.ecommerce.orders")
    lines = road.sql(
        "select sum(total_amount) as amount, count(distinct order_id) as n from gold.ecommerce.order_items"
    )
    assert orders == lines
    assert orders[0]["amount"] > Decimal(0)


def test_the_graph_read_back_through_graphql_is_the_one_that_is_defined(road: Lakehouse) -> None:
    query = """{ assetNodes { assetKey { path } groupName kinds description
                 dependencyKeys { path } partitionDefinition { type } } }"""
    nodes = {"/".join(n["assetKey"]["path"]): n for n in graphql(road.stack.settings, query)["assetNodes"]}
    assert {f"gold/ecommerce/{table}" for table in GOLD} <= nodes.keys()
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
    for table in GOLD:
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


def test_a_failed_dbt_test_says_how_many_rows_it_found(road: Lakehouse) -> None:
    [found] = road.sql("select count(*) as orders from gold.ecommerce.orders where not is_complete")
    assert found["orders"] > 0
    results = _check_results(road, ["gold", "ecommerce", "orders"], "orders_are_complete")
    said = {results[str(day)]["description"] for day in DAYS}
    assert said == {f"rows that break the rule: {found['orders']}"}


def _check_results(road: Lakehouse, path: list[str], name: str) -> dict[str, dict[str, Any]]:
    """Newest evaluation per partition."""
    query = """query C($key: AssetKeyInput!, $name: String!) {
                 assetCheckExecutions(assetKey: $key, checkName: $name, limit: 100) {
                   evaluation { success partition description metadataEntries { label } } } }"""
    variables = {"key": {"path": path}, "name": name}
    executions = graphql(road.stack.settings, query, variables)["assetCheckExecutions"]
    evaluations = [e["evaluation"] for e in executions if e["evaluation"]]
    return {e["partition"]: e for e in reversed(evaluations)}


def _record(text: str) -> dict[str, str]:
    return _plain(json.loads(text, parse_float=str, parse_int=str))


def _record_of_raw(raw: str) -> dict[str, str]:
    try:
        return _record(raw)
    except (ValueError, AttributeError):
        return {"malformed": raw.strip()}


def _plain(record: dict[str, Any]) -> dict[str, str]:
    return {
        name: str(value).strip() for name, value in record.items() if value is not None and str(value).strip()
    }


def _holds(record: dict[str, str], reasons: list[str], sent: dict[str, str], reason: str) -> bool:
    """The record is what was sent, or that and a key that nobody knows; and it was refused for the reason."""
    return sent.items() <= record.items() and any(found.startswith(reason) for found in reasons)
