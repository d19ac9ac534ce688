"""Gold and its analyses, compared with what the oracle computes from the delivered files."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from shopflow_cli.analysis import statement
from spark_jobs.contracts.contract import names, source_columns
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from tests.harness.lakehouse import Lakehouse
from tests.oracle.gold import build_gold
from tests.oracle.received import read
from tests.oracle.silver import judge, open_oracle, receive
from tests.road.carried import DAYS

pytestmark = pytest.mark.domain("ecommerce")

ANALYSES = (Path(__file__).parents[1] / "oracle" / "ecommerce" / "analyses.sql").read_text()
# Columns that tell a later run how far to look back. The oracle has no runs.
BOOKKEEPING = ("source_", "last_partition_date")
# Intermediate tables, which the oracle does not need.
BETWEEN = "int_"


@pytest.fixture(scope="module")
def files(road: Lakehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """Gold as the oracle computes it from the landed files alone."""
    with open_oracle(road.pipeline.limits) as database:
        receive(database, OrderLines, (record for day in DAYS for record in _landed(road, day)))
        judge(database, OrderLines)
        build_gold(database, "ecommerce", road.pipeline.limits)
        database.execute(ANALYSES)
        yield database


def _landed(road: Lakehouse, day: date) -> Iterator[Any]:
    manifest = road.manifest(day)
    for file in manifest.files:
        landed = road.s3.get_object(Bucket="datalake", Key=f"{manifest.prefix}{file.name}")
        yield from read(day, file.name, landed["Body"].read(), names(source_columns(OrderLines)))


def test_every_table_is_what_the_files_alone_say(road: Lakehouse, files: duckdb.DuckDBPyConnection) -> None:
    tables = [name for name in road.gold_tables() if not name.startswith(BETWEEN)]
    assert tables
    for table in tables:
        shown = [row["Column"] for row in road.sql(f"show columns from gold.ecommerce.{table}")]
        columns = ", ".join(name for name in shown if not name.startswith(BOOKKEEPING))
        expected = files.execute(f"select {columns} from {table}").fetchall()
        found = [tuple(row.values()) for row in road.sql(f"select {columns} from gold.ecommerce.{table}")]
        # Sorted as texts, because values may be null; the key comes first.
        assert sorted(found, key=str) == sorted(expected, key=str), table
        assert expected, table


def test_the_days_have_what_is_rare(files: duckdb.DuckDBPyConnection) -> None:
    """Without such orders the other tests would pass and prove nothing."""
    [(incomplete, delivered)] = files.execute(
        "select count(*) filter (where not is_complete), count(delivered_date) from orders"
    ).fetchall()
    assert incomplete > 0
    assert delivered > 0


@pytest.mark.parametrize("name", ["top_customers", "category_sales", "customer_lifetime_value"])
def test_an_analysis_says_what_the_files_alone_say(
    road: Lakehouse, files: duckdb.DuckDBPyConnection, name: str
) -> None:
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
