"""Gold's current rows agree with what the shop's database counted of itself, and a row less is noticed."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from spark_jobs.contracts.versions import own_key
from tests.harness.automation import run_assets
from tests.harness.lakehouse import Lakehouse
from tests.harness.shop_tables import tables_of
from tests.road.carried import DAYS, SHOP_DAYS
from tests.road.shop.truth import Truth, cents

VIEWS = {table.rules.table: ("gold", "shop", f"stg_{table.rules.table}") for table in tables_of("shop")}
KEYS = {table.rules.table: own_key(table) for table in tables_of("shop")}
CHECK = "reconciliation"


def reconciled(road: Lakehouse, day: date) -> dict[str, tuple[bool, str]]:
    """By table, whether gold agrees with what the source counted on a day, and what the check says."""
    report = run_assets(road.stack, day, checks=[(view, CHECK) for view in VIEWS.values()])
    assert report.status == "SUCCESS"
    names = {"/".join(view): table for table, view in VIEWS.items()}
    return {names[check.asset]: (check.passed, check.why) for check in report.checks.values()}


@pytest.fixture
def lost_payment(road: Lakehouse) -> Iterator[Decimal]:
    """The amount of a payment that gold has lost."""
    current = """select snapshot_id as id from gold.shop."int_payment_versions$refs" where name = 'main'"""
    [[snapshot]] = [row.values() for row in road.sql(current)]
    [row] = road.sql("select payment_id, amount from gold.shop.stg_payments order by payment_id limit 1")
    road.sql(f"delete from gold.shop.int_payment_versions where payment_id = {row['payment_id']}")
    yield row["amount"]
    road.sql(f"alter table gold.shop.int_payment_versions execute rollback_to_snapshot({snapshot})")


# Both days were the last to be lived when they were landed. Of the first, gold has had later changes since.
@pytest.mark.parametrize("days", [DAYS, SHOP_DAYS], ids=["a day that is over", "the open day"])
def test_every_table_has_what_the_source_counted(road: Lakehouse, days: list[date]) -> None:
    truth = Truth(road.stack.home.path / "truth" / "shop", days)
    rows = {name: len(truth.rows(name, *key)) for name, key in KEYS.items()}
    assert reconciled(road, days[-1]) == {
        name: (True, f"gold has the {number} rows that the source counted") for name, number in rows.items()
    }
    assert rows["orders"] > 0


def test_a_lost_row_is_noticed_in_rows_and_cents(road: Lakehouse, lost_payment: Decimal) -> None:
    verdicts = reconciled(road, SHOP_DAYS[-1])
    assert {table for table, (passed, _) in verdicts.items() if not passed} == {"payments"}
    payments = Truth(road.stack.home.path / "truth" / "shop").rows("payments", "payment_id")
    amounts = [cents(row["amount"]) for row in payments.values()]
    rows, total = len(amounts), sum(amounts)
    assert verdicts["payments"][1] == (
        f"the source has {rows} rows, gold {rows - 1}; the source has {total}, gold {total - lost_payment}"
    )
