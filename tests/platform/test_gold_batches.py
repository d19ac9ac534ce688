"""A long run comes to gold in batches of days: the same tables, and told per day as if it were one."""

import re
from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from local_stack.backfill import asset_job
from local_stack.dagster_api import Webserver
from local_stack.recorded_run import newest_run
from local_stack.run_report import RunReport
from spark_jobs.contracts.ecommerce import OrderLines
from spark_jobs.delta_tables import location
from tests.harness.automation import run_assets
from tests.harness.lakehouse import Lakehouse, days
from tests.harness.stack import Stack

DAYS = days(3)
ITEMS = ("gold", "ecommerce", "order_items")
TOTALS = "order_items_total_is_price_times_quantity_less_discount"
SILVER = f"delta.`{location(OrderLines)}`"


@pytest.fixture(scope="module")
def lakehouse(stack: Stack) -> Lakehouse:
    """Three days in all layers, of which gold was made in one batch."""
    made = Lakehouse(stack)
    made.empty()
    made.simulate(DAYS[0], DAYS[-1])
    made.backfill(DAYS[0], DAYS[-1])
    return made


def carry(lakehouse: Lakehouse, rows_at_once: int) -> RunReport:
    """Bring the days to gold, so many rows at once."""
    all_assets = asset_job(Webserver(lakehouse.stack.settings)).assets
    return run_assets(
        lakehouse.stack,
        DAYS[0],
        DAYS[-1],
        assets=[asset for asset in all_assets if asset[0] == "gold"],
        checks=[(ITEMS, TOTALS)],
        config={"ops": {"gold": {"config": {"rows_at_once": rows_at_once}}}},
    )


def merges(lakehouse: Lakehouse, last: date) -> int:
    """How many statements merged into order_items in the newest run from the first day to the last."""
    run = newest_run(Webserver(lakehouse.stack.settings), DAYS[0], last)
    return len(run.queries["ecommerce", "order_items"])


@pytest.mark.parametrize(("days_at_once", "batches"), [(3, 1), (2, 2), (0, 3)])
def test_any_batches_give_the_tables_of_one(lakehouse: Lakehouse, days_at_once: int, batches: int) -> None:
    before = lakehouse.hashes()
    rows = sum(lakehouse.truth(day)["good_lines"] for day in DAYS[:days_at_once])
    # As a run leaves them that is cut off: later days are in some tables and not in others.
    lakehouse.sql("delete from gold.ecommerce.order_items", "delete from gold.ecommerce.customers")
    report = carry(lakehouse, max(rows, 1))
    assert (report.status, report.failed_steps) == ("SUCCESS", {})
    assert lakehouse.hashes() == before
    assert merges(lakehouse, DAYS[-1]) == batches
    assert {tuple(made) for made in report.days.values()} == {tuple(map(str, DAYS))}
    assert [check.day for check in report.checks.values()] == list(map(str, DAYS))


def test_the_command_takes_the_size_of_a_batch(lakehouse: Lakehouse) -> None:
    lakehouse.backfill(DAYS[0], DAYS[1], "--rows-at-once", "1")
    assert merges(lakehouse, DAYS[1]) == 2


def test_all_statements_of_a_run_read_one_version_of_silver(lakehouse: Lakehouse) -> None:
    carry(lakehouse, 1)
    made = newest_run(Webserver(lakehouse.stack.settings), DAYS[0], DAYS[-1]).queries
    queries = ", ".join(f"'{query}'" for of_table in made.values() for query in of_table)
    statements = lakehouse.sql(f"select query from system.runtime.queries where query_id in ({queries})")
    read = re.findall(
        r'"silver"[.]"ecommerce"[.]"order_lines"(.*)', "\n".join(s["query"] for s in statements)
    )
    version = lakehouse.delta(OrderLines).version()
    assert len(read) >= 4 * len(DAYS)
    assert {words.split(" where")[0].strip() for words in read} == {f"for version as of {version}"}


@pytest.fixture
def spoiled(lakehouse: Lakehouse) -> Iterator[Lakehouse]:
    """A line of the second day that breaks a test of gold."""
    version = lakehouse.delta(OrderLines).version()
    rows = lakehouse.silver(OrderLines).filter(pl.col("partition_date") == DAYS[1])
    line = f"partition_date = date '{DAYS[1]}' and order_id = '{rows['order_id'].max()}'"
    lakehouse.spark(f"update {SILVER} set discount = discount + 1 where {line}")
    yield lakehouse
    lakehouse.spark(f"restore table {SILVER} to version as of {version}")


def test_a_batch_that_fails_is_named_and_the_others_are_built(spoiled: Lakehouse) -> None:
    report = carry(spoiled, 1)
    assert report.status == "FAILURE"
    assert [(check.day, check.passed) for check in report.checks.values()] == [
        (f"{day}", day != DAYS[1]) for day in DAYS
    ]
    [why] = report.failed_steps.values()
    assert f"{DAYS[1]}: {TOTALS}" in why
    assert f"{DAYS[0]}" not in why
    assert f"{DAYS[2]}" not in why
    all_days = set(map(str, DAYS))
    assert set(report.days["gold/ecommerce/order_items"]) == all_days
    # Made of order_items, which on that day may not be built upon.
    assert set(report.days["gold/ecommerce/product_performance"]) == all_days - {f"{DAYS[1]}"}
    # Made of all days, of which one is missing.
    assert "gold/ecommerce/customer_analytics" not in report.days
