"""What gold says of orders of which silver refused something, case by case."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from tests.gold.shop import rows
from tests.gold.shop.change_log import Change, ChangeLog, quarantined
from tests.gold.shop.short_history import at
from tests.harness.gold_lake import GoldLake
from tests.harness.gold_silver import Row

# dbt and its libraries warn about themselves.
pytestmark = pytest.mark.filterwarnings("default")

FIRST, SECOND, THIRD = DAYS = tuple(at(day, 0).date() for day in range(3))
# Two lines for 20; the second line is refused.
WITHOUT_A_LINE = 1
REFUNDED, REFUND_DELETED, PAYMENT_DELETED, CORRECTED, MOVED_FROM, MOVED_TO, BEFORE_TRUNCATE = range(2, 9)
UNTOUCHED = 9

Facts = dict[int, Row]


def refused(table: str, operation: str, row: Row) -> Change:
    """A change that silver refuses."""
    return table, operation, {**row, "is_refused": True}


class RefusedRows:
    """Three days of a shop. Silver refuses some rows of the first two."""

    def __init__(self, lake: GoldLake) -> None:
        """All days have happened, and none is delivered."""
        self.lake, self._log = lake, ChangeLog()
        self._first_day()
        self._second_day()
        self._third_day()

    def deliver(self, day: date, *, accept_all: bool = False) -> None:
        """Bring a day to silver."""
        delivery = defaultdict(list)
        for table, of_table in self._log.rows(day).items():
            for row in of_table:
                if row.pop("is_refused", False) and not accept_all:
                    delivery["quarantine"].append(quarantined(table, row))
                else:
                    delivery[table].append(row)
        self.lake.deliver(day, **delivery)

    def run(self, day: date) -> Facts:
        """Bring a day to gold; the orders after it."""
        self.lake.run(day, day)
        return {row["order_id"]: row for row in self.lake.gold("fact_orders")}

    def _first_day(self) -> None:
        orders = [rows.order(number, 1, at(0, 9)) for number in range(2, UNTOUCHED + 1)]
        self._log.commit(
            at(0, 9),
            ("customers", "c", rows.customer(1)),
            ("addresses", "c", rows.address(1)),
            *(("orders", "c", order) for order in orders),
            *(("order_items", "c", rows.item(order["order_id"])) for order in orders),
            ("payments", "c", rows.payment(1, PAYMENT_DELETED)),
        )
        self._log.commit(
            at(0, 10),
            ("orders", "c", rows.order(WITHOUT_A_LINE, 1, at(0, 10), amount=Decimal(20))),
            ("order_items", "c", rows.item(WITHOUT_A_LINE, product_id=1)),
            refused("order_items", "c", rows.item(WITHOUT_A_LINE, product_id=2)),
            refused("shipments", "c", rows.shipment(1, BEFORE_TRUNCATE, at(0, 10))),
        )

    def _second_day(self) -> None:
        self._log.commit(
            at(1, 9),
            ("shipments", "t", {}),
            ("shipments", "c", rows.shipment(2, MOVED_FROM, at(1, 9))),
        )
        self._log.commit(
            at(1, 10),
            refused("shipments", "u", rows.shipment(2, MOVED_TO, at(1, 9))),
            refused("refunds", "c", rows.refund(1, REFUNDED, Decimal(10))),
            refused("refunds", "c", rows.refund(2, REFUND_DELETED, Decimal(10))),
            refused("payments", "d", {"payment_id": 1}),
            refused("orders", "u", rows.order(CORRECTED, 1, at(0, 9), amount=Decimal(-1))),
        )

    def _third_day(self) -> None:
        self._log.commit(
            at(2, 9),
            ("refunds", "u", rows.refund(1, REFUNDED, Decimal(10))),
            ("refunds", "d", {"refund_id": 2}),
            ("orders", "u", rows.order(CORRECTED, 1, at(0, 9))),
        )


@pytest.fixture(scope="module")
def shop(lake_of: Callable[[str], GoldLake]) -> RefusedRows:
    """The days, in a lake without other rows."""
    lake = lake_of("shop")
    lake.empty()
    return RefusedRows(lake)


@pytest.fixture(scope="module")
def after(shop: RefusedRows) -> dict[date, Facts]:
    """The orders after each day, in the order of the days."""
    facts = {}
    for day in DAYS:
        shop.deliver(day)
        facts[day] = shop.run(day)
    return facts


def incomplete(facts: Facts) -> dict[int, date]:
    """The orders that are not complete, with the day of what was refused."""
    days = {order_id: row["refused_partition_date"] for order_id, row in facts.items()}
    assert {order_id for order_id, row in facts.items() if row["is_complete"]} == {
        order_id for order_id, day in days.items() if day is None
    }
    return {order_id: day for order_id, day in days.items() if day}


def test_an_order_is_incomplete_while_a_newest_version_is_refused(after: dict[date, Facts]) -> None:
    of_second_day = (REFUNDED, REFUND_DELETED, PAYMENT_DELETED, CORRECTED, MOVED_FROM, MOVED_TO)
    of_third_day = (PAYMENT_DELETED, MOVED_FROM, MOVED_TO)
    assert incomplete(after[FIRST]) == {WITHOUT_A_LINE: FIRST, BEFORE_TRUNCATE: FIRST}
    assert incomplete(after[SECOND]) == {WITHOUT_A_LINE: FIRST, **dict.fromkeys(of_second_day, SECOND)}
    assert incomplete(after[THIRD]) == {WITHOUT_A_LINE: FIRST, **dict.fromkeys(of_third_day, SECOND)}


def test_a_refused_refund_shows_beside_the_money_without_it(after: dict[date, Facts]) -> None:
    before, now = after[SECOND][REFUNDED], after[THIRD][REFUNDED]
    assert (before["refunded_amount"], before["is_lost"], before["is_complete"]) == (0, False, False)
    assert (now["refunded_amount"], now["is_lost"], now["is_complete"]) == (10, True, True)


def test_a_day_with_a_refused_line_is_green_with_a_warning(
    shop: RefusedRows, after: dict[date, Facts]
) -> None:
    order = after[FIRST][WITHOUT_A_LINE]
    assert (order["amount"], order["items_amount"]) == (20, 10)
    warned = shop.lake.failing_tests(FIRST, FIRST)
    assert warned.keys() == {"int_order_item_versions_newest_is_not_refused"}
    assert {shop.lake.data_tests[name].config.severity.lower() for name in warned} == {"warn"}


def test_the_order_of_the_days_makes_no_difference(shop: RefusedRows, after: dict[date, Facts]) -> None:
    shop.lake.empty_gold()
    for day in reversed(DAYS):
        facts = shop.run(day)
    assert facts == after[THIRD]


def test_an_order_is_complete_when_silver_accepts_what_it_refused(
    shop: RefusedRows, after: dict[date, Facts]
) -> None:
    shop.deliver(FIRST, accept_all=True)
    assert WITHOUT_A_LINE in incomplete(after[THIRD])
    assert WITHOUT_A_LINE not in incomplete(shop.run(FIRST))
