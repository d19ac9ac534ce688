"""Gold and its analyses against the delivered files, and its tables against each other."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from local_stack.analysis import statement
from tests.harness.lakehouse import Lakehouse
from tests.oracle.from_files import SQL, tables_from_files
from tests.road.carried import DAYS


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
    files.execute((SQL / "ecommerce" / "analyses.sql").read_text())
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
