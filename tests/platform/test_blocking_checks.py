"""Each blocking check is made to fail by planting its defect; the run then fails, and gold is untouched."""

from collections.abc import Iterator
from datetime import date

import pytest

from spark_jobs.contracts.ecommerce import OrderLines
from spark_jobs.delta_tables import location
from tests.harness.automation import run_assets
from tests.harness.lakehouse import GOLD, Lakehouse, days
from tests.harness.stack import Stack

ONE, TWO = days(2)
BRONZE, SILVER = ("bronze", "ecommerce", "order_lines"), ("silver", "ecommerce", "order_lines")
TABLE = f"delta.`{location(OrderLines)}`"
PLANTED = {
    "contract": f"update {TABLE} set total_amount = total_amount + 1 where {{line}}",
    "row_ledger": f"delete from {TABLE} where {{line}}",
    # Keeps the contract and the counts; only the money says that something is wrong.
    "reconciliation": (
        f"update {TABLE} set total_amount = total_amount - .01, discount = discount + .01 where {{line}}"
    ),
}


@pytest.fixture(scope="module")
def lakehouse(stack: Stack) -> Lakehouse:
    """One day in all layers."""
    lakehouse = Lakehouse(stack)
    lakehouse.empty()
    lakehouse.simulate(ONE, TWO)
    lakehouse.backfill(ONE)
    return lakehouse


@pytest.fixture
def restored(lakehouse: Lakehouse) -> Iterator[Lakehouse]:
    """Silver is put back after the test."""
    version = lakehouse.delta(OrderLines).version()
    yield lakehouse
    lakehouse.spark(f"restore table {TABLE} to version as of {version}")


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_a_defect_in_silver_is_found_and_gold_is_not_run(restored: Lakehouse, name: str) -> None:
    before = restored.hashes()
    first = restored.silver(OrderLines).sort("order_id", "product_id").row(0, named=True)
    line = f"order_id = '{first['order_id']}' and product_id = '{first['product_id']}'"
    restored.spark(PLANTED[name].format(line=line))
    report = run_assets(
        restored.stack, ONE, assets=[("gold", "ecommerce", table) for table in GOLD], checks=[(SILVER, name)]
    )
    assert report.status == "FAILURE"
    assert [(c.check, c.passed, c.day) for c in report.checks.values()] == [(name, False, f"{ONE}")]
    assert report.days == {}
    assert restored.hashes() == before


def test_without_a_defect_the_same_run_succeeds(lakehouse: Lakehouse) -> None:
    checks = [(SILVER, name) for name in PLANTED]
    assets = [("gold", "ecommerce", table) for table in GOLD]
    report = run_assets(lakehouse.stack, ONE, assets=assets, checks=checks)
    assert report.status == "SUCCESS"
    assert all(check.passed for check in report.checks.values())
    assert report.days


def test_too_many_refused_records_hold_the_day_back_unless_the_run_allows_them(lakehouse: Lakehouse) -> None:
    before = lakehouse.hashes()
    good = lakehouse.delivered(TWO, "orders.jsonl").splitlines(keepends=True)
    lakehouse.deliver(TWO, "orders.jsonl", "".join([*good, *["not a record\n"] * 100]))
    failed = lakehouse.attempt_backfill(TWO)
    assert failed.returncode == 1
    said = failed.stdout + failed.stderr
    assert "quarantined_share" in said
    assert f"{TWO}" in said
    assert "in quarantine, the limit is 5.00%" in said
    assert lakehouse.hashes() == before
    lakehouse.backfill(TWO, TWO, "--max-quarantined-share", "0.5")
    assert lakehouse.hashes() != before


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("order_items", "delete from gold.ecommerce.order_items where order_id = '{order}'"),
        (
            "orders",
            "update gold.ecommerce.orders set total_amount = total_amount + decimal '0.01'"
            " where order_id = '{order}'",
        ),
    ],
)
def test_gold_that_differs_from_silver_fails_the_run(
    lakehouse: Lakehouse, table: str, statement: str
) -> None:
    [row] = lakehouse.sql(
        "select order_id, source_partition_date as day from gold.ecommerce.orders order by order_id limit 1"
    )
    lakehouse.sql(statement.format(order=row["order_id"]))
    asset = ("gold", "ecommerce", table)

    def reconciled() -> tuple[str, list[bool]]:
        report = run_assets(lakehouse.stack, row["day"], checks=[(asset, "reconciliation")])
        return report.status, [check.passed for check in report.checks.values()]

    assert reconciled() == ("FAILURE", [False])
    lakehouse.backfill(row["day"], row["day"], "--max-quarantined-share", "0.5")
    assert reconciled() == ("SUCCESS", [True])


def test_a_refused_file_and_a_missing_delivery_are_named_with_their_days(lakehouse: Lakehouse) -> None:
    refused, missing = date(2026, 2, 1), date(2026, 2, 2)
    before = lakehouse.hashes()
    lakehouse.deliver(refused, "orders.csv", "who,knows\n1,2\n")
    failed = lakehouse.attempt_backfill(refused, missing)
    assert failed.returncode == 1
    said = failed.stdout + failed.stderr
    assert f"{refused}: s3://inbox/ecommerce/{refused}/orders.csv refused: expected a header" in said
    assert f"{missing}: nothing in inbox/ecommerce/{missing}/" in said
    assert [key for key in lakehouse.keys("datalake", "bronze/") if "_refused/orders-" in key]
    assert lakehouse.hashes() == before


def test_a_day_whose_refused_file_is_taken_away_lands_again(lakehouse: Lakehouse) -> None:
    day = date(2026, 2, 3)
    lakehouse.deliver(day, "orders.csv", lakehouse.delivered(ONE, "orders.csv"))
    lakehouse.deliver(day, "more.csv", "who,knows\n1,2\n")
    assert run_assets(lakehouse.stack, day, assets=[BRONZE]).status == "FAILURE"
    lakehouse.s3.delete_object(Bucket="inbox", Key=f"ecommerce/{day}/more.csv")
    assert run_assets(lakehouse.stack, day, assets=[BRONZE]).status == "SUCCESS"
    assert [file.source for file in lakehouse.manifest(day).refused] == [
        f"s3://inbox/ecommerce/{day}/more.csv"
    ]


def test_a_part_of_gold_is_tested_by_what_looks_at_that_part_alone(lakehouse: Lakehouse) -> None:
    day = date(2026, 2, 4)
    lakehouse.simulate(day, day)
    gold = [("gold", "ecommerce", table) for table in ("int_order_deliveries", "order_items", "orders")]
    report = run_assets(lakehouse.stack, day, assets=[BRONZE, SILVER, *gold], checks=None)
    assert report.status == "SUCCESS"
    tests = {name for _, name, _ in report.checks}
    assert "orders_total_is_sum_of_lines" in tests
    assert "int_order_analytics_daily_counts_every_order" not in tests
