"""Gold of the shop and its analyses are what DuckDB says that reads the landed lines alone."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from local_stack.home import CHECKOUT
from shopflow_assets.domains.shop import DOMAIN
from spark_jobs.silver_table import SilverTable
from tests.harness.lakehouse import Lakehouse
from tests.oracle.gold import build_gold
from tests.oracle.received import Received, read
from tests.oracle.silver import judge, open_oracle, receive
from tests.road.shop.analyses import statements
from tests.road.shop.bronze import landed_objects

ANALYSES = (Path(__file__).parents[2] / "oracle" / "shop" / "analyses.sql").read_text()
NAMES = sorted(file.stem for file in (CHECKOUT / "dbt_gold" / "analyses" / "shop").glob("*.sql"))


@pytest.fixture(scope="module")
def lines(road: Lakehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """Gold and the analyses as the oracle computes them from the landed lines."""
    with open_oracle(road.pipeline.limits) as database:
        for table in DOMAIN.tables:
            receive(database, table.contract, _landed(road, table))
            judge(database, table.contract)
        build_gold(database, "shop", road.pipeline.limits)
        database.execute(ANALYSES)
        yield database


def _landed(road: Lakehouse, table: SilverTable) -> Iterator[Received]:
    for day, name, body in landed_objects(road, table):
        yield from read(day, name, body, table.source_names, with_unknown=True)


@pytest.mark.parametrize("name", NAMES)
def test_an_analysis_says_what_the_landed_lines_alone_say(
    road: Lakehouse, lines: duckdb.DuckDBPyConnection, name: str
) -> None:
    expected = lines.table(name)
    rows = road.sql(statements(road.stack.home)[name])
    assert [tuple(row.values()) for row in rows] == expected.fetchall()
    assert list(rows[0]) == expected.columns


def test_the_days_have_what_the_analyses_tell_apart(lines: duckdb.DuckDBPyConnection) -> None:
    """Without moves, renames and lost orders the other test would pass and prove less."""
    [(moved,)] = lines.execute("""
        select count(distinct order_id) from sold inner join stg_orders using (order_id)
        inner join stg_customers as now using (customer_id) where sold.city <> now.city
    """).fetchall()
    [(recategorised,)] = lines.execute("""
        select count(distinct product_id) from sold inner join stg_products as now using (product_id)
        where sold.category <> now.category
    """).fetchall()
    refunded = "select count(*) from fact_orders where is_lost and status <> 'cancelled'"
    [(lost,)] = lines.execute(refunded).fetchall()
    assert min(moved, recategorised, lost) > 0


@pytest.mark.parametrize("question", ["channel", "city", "category"])
def test_sales_joined_to_their_dimensions_give_the_revenue_of_the_landed_lines(
    road: Lakehouse, lines: duckdb.DuckDBPyConnection, question: str
) -> None:
    """The star alone: each key of a line joins one row, and no line is lost on the way."""
    column = {"channel": "store_name"}.get(question, question)
    rows = road.sql(f"""
        select {column} as answer, sum(line_revenue) as revenue
        from gold.shop.fact_sales
        inner join gold.shop.dim_store using (store_key)
        inner join gold.shop.dim_customer using (customer_key)
        inner join gold.shop.dim_product using (product_key)
        inner join gold.shop.dim_status using (status_key)
        where status <> 'cancelled'
        group by {column}
    """)
    expected = lines.execute(f"select {question}, sum(revenue) from sold group by all").fetchall()
    assert {row["answer"]: row["revenue"] for row in rows} == dict(expected)
