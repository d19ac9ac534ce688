"""A short history of the shop, and what gold says after each of its runs."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.gold.shop import rows
from tests.gold.shop.change_log import Change, ChangeLog, quarantined
from tests.harness.gold_lake import START, GoldLake
from tests.harness.gold_silver import Row

ALWAYS = datetime(1900, 1, 1)
# The late day comes when gold has the third, three days after it.
FIRST, LATE, THIRD, LAST = (START + timedelta(days=number) for number in (0, 2, 5, 6))
CAPTURED = {"status": "captured", "paid_at": datetime(START.year, START.month, START.day, 9, 30)}
MOVED, DELETED, TOUCHED, MOVED_LATE, OTHER, ARRIVED_LATE = range(1, 7)
TABLES = (
    "dim_customer",
    "dim_product",
    "fact_orders",
    "fact_sales",
    "reprocessing_queue",
    "stg_customers",
    "stg_products",
)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of the history; day 0 is its first."""
    return datetime(START.year, START.month, START.day, hour, minute) + timedelta(days=day)


@dataclass
class State:
    """Rows of gold after a run."""

    tables: dict[str, list[Row]]

    def by_key(self, fact: str) -> dict[int, Row]:
        """The facts by order. Each order has one line."""
        return {row["order_id"]: row for row in self.tables[fact]}

    def versions(self, table: str, key: int) -> list[Row]:
        """The versions of a customer or product in their order."""
        of_key = [row for row in self.tables[f"dim_{table}"] if row[f"{table}_id"] == key]
        return sorted(of_key, key=lambda row: row["valid_from"])

    def customer_of(self, order_id: int) -> Row:
        """The version of a customer that the order's fact has."""
        return self._member("dim_customer", self.by_key("fact_orders")[order_id])

    def product_of(self, order_id: int) -> Row:
        """The version of a product that the order's line has."""
        return self._member("dim_product", self.by_key("fact_sales")[order_id])

    def _member(self, dimension: str, fact: Row) -> Row:
        key = dimension.replace("dim_", "") + "_key"
        [member] = [row for row in self.tables[dimension] if row[key] == fact[key]]
        return member


def changed(before: State, after: State, fact: str) -> set[int]:
    """The orders whose facts were written, even as they were, or are new or gone."""
    old, new = before.by_key(fact), after.by_key(fact)
    return {order_id for order_id in old.keys() | new.keys() if old.get(order_id) != new.get(order_id)}


@dataclass
class ShortHistory:
    """Some days of the log. Each order has one line; its number says to which case it belongs."""

    lake: GoldLake
    log: ChangeLog = field(default_factory=ChangeLog)

    def states(self) -> dict[str, State]:
        """After the first and the third day; after the late day between them; after the rest of the first.

        Then a table is emptied. In the end silver refuses all versions of the late day, but for the orders.
        """
        self._first_day()
        self._late_day()
        self._third_day()
        self._last_day()
        self.lake.deliver(THIRD, **self.log.rows(THIRD))
        states = {"first": self._after_delivery(FIRST, THIRD)}
        states["late"] = self._after_delivery(LATE, LATE)
        self._rest_of_first_day()
        states["again"] = self._after_delivery(FIRST, FIRST)
        states["emptied"] = self._after_delivery(LAST, LAST)
        states["refused"] = self._after_delivery(LATE, LATE, refused=("customers", "products", "payments"))
        return states

    def _after_delivery(self, first: date, last: date, refused: tuple[str, ...] = ()) -> State:
        delivery = self.log.rows(first)
        in_quarantine = [quarantined(table, row) for table in refused for row in delivery.pop(table)]
        self.lake.deliver(first, **delivery, quarantine=in_quarantine)
        self.lake.run(first, last)
        # A row that a run does not write stays in its file.
        files = {name: ["*", '"$path" as file'] if name.startswith("fact_") else ["*"] for name in TABLES}
        return State({name: self.lake.gold(name, columns) for name, columns in files.items()})

    def _order(self, order_id: int, customer_id: int, when: datetime, product_id: int = 1, **values) -> None:
        order = rows.order(order_id, customer_id, when, **values)
        self.log.commit(when, ("orders", "c", order), ("order_items", "c", rows.item(order_id, product_id)))

    def _update(self, when: datetime, table: str, row: Row) -> None:
        self.log.commit(when, (table, "u", row))

    def _first_day(self) -> None:
        catalogue: list[Change] = [
            ("suppliers", "c", rows.supplier(1)),
            ("suppliers", "c", rows.supplier(2)),
            ("suppliers", "c", rows.supplier(3)),
            ("addresses", "c", rows.address(1)),
            *(("products", "c", rows.product(number)) for number in (1, 2)),
            *(("products", "c", rows.product(number, supplier_id=number)) for number in (3, 4)),
            ("payments", "r", rows.payment(1, 82, **CAPTURED)),
            *(("customers", "c", rows.customer(number)) for number in range(1, ARRIVED_LATE)),
        ]
        self._order(10, MOVED, at(0, 8))
        self.log.commit(at(0, 9), *catalogue)
        # One is cancelled after it was shipped; one is paid back in part, one in full, one not yet.
        for order_id, status in ((70, "cancelled"), (80, "delivered"), (81, "delivered"), (82, "delivered")):
            self._order(order_id, OTHER, at(0, 9))
            for hour, step in ((10, "paid"), (11, "shipped"), (12, status)):
                self._update(at(0, hour), "orders", rows.order(order_id, OTHER, at(0, 9), status=step))
        refunds = (
            rows.refund(1, 80, Decimal(4)),
            rows.refund(2, 81, Decimal(4)),
            rows.refund(3, 81, Decimal(6)),
            rows.refund(4, 82, Decimal(10), status="pending"),
        )
        self.log.commit(at(0, 13), *(("refunds", "c", row) for row in refunds))
        # The customer or the product changes on the late day; the supplier goes with the rest of the first.
        self._order(40, MOVED_LATE, at(0, 13))
        self._order(44, OTHER, at(0, 13), product_id=3)
        self._order(45, OTHER, at(0, 13), product_id=2)
        # The last moment in the old city, the first in the new one; before the customer is deleted.
        self._order(11, MOVED, at(0, 14) - timedelta(microseconds=1))
        self._update(at(0, 14), "customers", rows.customer(MOVED, city="Rome"))
        self._order(12, MOVED, at(0, 14))
        self._order(20, DELETED, at(0, 14, 30))
        self.log.commit(at(0, 15), ("customers", "d", {"customer_id": DELETED}))
        # Nothing that is tracked changes, then something does.
        self._update(at(0, 17), "customers", rows.customer(TOUCHED, updated_at=at(0, 17)))
        self._update(at(0, 18), "customers", rows.customer(TOUCHED, city="Oslo"))

    def _late_day(self) -> None:
        self._update(at(2, 9), "customers", rows.customer(MOVED_LATE, city="Rome"))
        self._update(at(2, 10), "products", rows.product(2, category="Video", supplier_id=2))
        late = (
            ("customers", rows.customer(ARRIVED_LATE)),
            ("addresses", rows.address(2)),
            ("suppliers", rows.supplier(4)),
        )
        self.log.commit(at(2, 11), *((table, "c", row) for table, row in late))
        self._order(60, OTHER, at(2, 12))
        self.log.commit(at(2, 14), ("payments", "r", rows.payment(1, 81, **CAPTURED)))

    def _third_day(self) -> None:
        self._order(41, MOVED_LATE, at(5, 9))
        self._order(42, OTHER, at(5, 10))
        self._order(43, OTHER, at(5, 11), product_id=2)
        # They wait for a customer, an address and a supplier.
        self._order(61, ARRIVED_LATE, at(5, 12))
        self._order(62, OTHER, at(5, 12), address_id=2)
        self._order(63, OTHER, at(5, 12), product_id=4)
        # The first order of product 2 was placed later than the shop said, and after the late day.
        self._update(at(5, 13), "orders", rows.order(45, OTHER, at(5, 8)))

    def _last_day(self) -> None:
        self.log.commit(at(6, 10), ("products", "t", {}), ("products", "c", rows.product(1)))
        self._order(90, OTHER, at(6, 11), channel="marketplace")
        self._order(91, OTHER, at(6, 12), product_id=2)
        self._order(21, DELETED, at(6, 13))

    def _rest_of_first_day(self) -> None:
        self._update(at(0, 23), "customers", rows.customer(OTHER, city="Lima"))
        self.log.commit(at(0, 23, 30), ("suppliers", "d", {"supplier_id": 3}))
