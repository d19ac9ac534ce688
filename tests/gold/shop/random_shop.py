"""A shop in which random things happen, and the days of its log as they are delivered."""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from shopflow_assets.registry import DOMAINS
from tests.gold.shop import rows
from tests.gold.shop.change_log import Change, ChangeLog
from tests.gold.shop.drawn_rows import drawn_row
from tests.harness.gold_history import Delivery
from tests.harness.gold_silver import Row

KEYS = {table.rules.table: table.rules.key[:-1] for table in DOMAINS["shop"].tables}
WIDE = {"customers": ("name", "email"), "products": ("name",), "addresses": ("street",), "refunds": ("reason",)}
STATUSES = ("placed", "paid", "shipped", "delivered", "cancelled")


@dataclass
class RandomShop:
    """What happens on each day is decided at once. A delivery brings the first transactions of a day.

    A day that is delivered again has the same transactions and maybe more. The shop has no foreign keys: an
    order may name a customer who comes later, or was deleted.
    """

    chance: random.Random
    days: Sequence[date]
    size: int
    changes: int
    _log: ChangeLog = field(default_factory=ChangeLog)
    _now: datetime = datetime(2025, 11, 20)
    _rows: dict[str, dict[tuple, Row]] = field(default_factory=lambda: defaultdict(dict))
    _delivered: dict[date, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Live all days."""
        self._log.epoch = 0
        for table in ("suppliers", "product_types", "product_subtypes", "products", "addresses", "customers"):
            for _ in range(2 * self.size // 3):
                self._unseen(lambda table=table: self._commit(self._put(self._drawn(table))))
        for _ in range(self.size):
            self._unseen(self._place_order)
        self._now = datetime.combine(self.days[0], time(0, 1))
        self._read_all_tables()
        for day in self.days:
            # On most days no table is emptied: a run over such a day recomputes all facts.
            rare = {self.days[1]: [self._empty_table], self.days[-2]: [self._read_all_tables_after_a_gap]}
            events = [self._happen] * self.changes + rare.get(day, [])
            self.chance.shuffle(events)
            minutes = sorted(self.chance.choices(range(2, 24 * 60), k=len(events)))
            for minute, happen in zip(minutes, events, strict=True):
                self._now = datetime.combine(day, time(minute // 60, minute % 60))
                happen()

    def delivery(self, day: date) -> Delivery:
        """The first transactions of the day, or all."""
        return self._deliver(day, 0)

    def redelivery(self, day: date, before: Delivery) -> Delivery:
        """The day with as many transactions as before, or more."""
        return self._deliver(day, self._delivered[day])

    def _deliver(self, day: date, least: int) -> Delivery:
        in_all = self._log.transactions(day)
        self._delivered[day] = self.chance.choice([in_all, self.chance.randint(max(least, in_all // 3), in_all)])
        return self._log.rows(day, self._delivered[day])

    def _happen(self) -> None:
        events = {
            self._place_order: 8,
            self._correct_order: 6,
            self._change_status: 5,
            self._change_row: 14,
            self._delete_row: 3,
            self._change_at_once_twice: 2,
        }
        self.chance.choices([*events], [*events.values()])[0]()

    def _commit(self, *changes: Change) -> None:
        self._log.commit(self._now, *changes)

    def _unseen(self, happen: Callable[[], None]) -> None:
        """Something that the log misses."""
        self._now += timedelta(minutes=self.chance.choice([0, 7, 60]))
        log, self._log = self._log, ChangeLog()
        happen()
        self._log = log

    def _put(self, row: tuple[str, Row]) -> Change:
        """A new row, or a change of the row with that key; wide texts that stay may not be sent."""
        table, values = row
        values = {**values, "updated_at": self._now}
        key = tuple(values[name] for name in KEYS[table])
        before = self._rows[table].get(key)
        self._rows[table][key] = values
        if before is None:
            return table, "c", values
        same = [name for name in WIDE.get(table, ()) if values[name] == before[name] and self.chance.random() < 0.6]
        return table, "u", {**values, **dict.fromkeys(same), "_unchanged": ",".join(same) or None}

    def _drop(self, table: str, key: tuple) -> Change:
        del self._rows[table][key]
        return table, "d", dict(zip(KEYS[table], key, strict=True))

    def _drawn(self, table: str) -> tuple[str, Row]:
        return table, drawn_row(self.chance, table, self.size, self._now)

    def _place_order(self) -> None:
        new = max((order_id for (order_id,) in self._rows["orders"]), default=-1) + 1
        customer = self.chance.randrange(self.size)
        moved = [self._put(self._drawn("customers"))] if self.chance.random() < 0.3 else []
        if moved:
            customer = moved[0][2]["customer_id"]
        changes = [self._put(("order_items", self._drawn_item(new))) for _ in range(self.chance.choice([1, 1, 2]))]
        header = {"channel": self.chance.choice(["web", "mobile", "marketplace"]), "address_id": customer}
        self._commit(*moved, self._put_order(rows.order(new, customer, self._now, **header)), *changes)

    def _drawn_item(self, order_id: int) -> Row:
        quantity = self.chance.choice([1, 2, 3])
        return rows.item(order_id, self.chance.randrange(self.size), quantity=quantity)

    def _put_order(self, order: Row) -> Change:
        """The order with the amount that its items give."""
        items = [row for row in self._rows["order_items"].values() if row["order_id"] == order["order_id"]]
        money = {"discount": Decimal("0.50"), "shipping": Decimal("4.90"), "tax": Decimal("1.90")}
        lines = sum(row["quantity"] * row["unit_price"] for row in items)
        amount = lines - money["discount"] + money["shipping"] + money["tax"]
        return self._put(("orders", {**order, **money, "amount": amount}))

    def _some_order(self) -> Row | None:
        orders = [*self._rows["orders"].values()]
        return self.chance.choice(orders[-self.size :]) if orders else None

    def _correct_order(self) -> None:
        if order := self._some_order():
            pick, back = self.chance.choice, self.chance.choice([0, 0, 1, 5, 33])
            changes = [self._put(("order_items", self._drawn_item(order["order_id"])))] if pick([0, 1]) else []
            customer = pick([order["customer_id"], self.chance.randrange(self.size)])
            order_ts = pick([order["order_ts"], self._now - timedelta(days=back)])
            corrected = {**order, "customer_id": customer, "order_ts": order_ts, "address_id": customer}
            self._commit(self._put_order(corrected), *changes)

    def _change_status(self) -> None:
        if order := self._some_order():
            self._commit(self._put_order({**order, "status": self.chance.choice(STATUSES)}))

    def _some_table(self) -> str:
        often = ["customers", "products", "payments", "refunds", "shipments"]
        return self.chance.choice([*often, *(set(KEYS) - {"orders", "order_items"})])

    def _change_row(self) -> None:
        self._commit(self._put(self._drawn(self._some_table())))

    def _change_at_once_twice(self) -> None:
        table = self.chance.choice(["customers", "products"])
        self._commit(*(self._put(self._drawn(table)) for _ in range(4)))

    def _delete_row(self) -> None:
        table = self.chance.choice([*KEYS])
        if keys := [*self._rows[table]]:
            key = self.chance.choice(keys)
            items = [other for other in self._rows["order_items"] if table == "orders" and other[0] == key[0]]
            self._commit(*(self._drop("order_items", other) for other in items), self._drop(table, key))

    def _empty_table(self) -> None:
        """A truncate, and some of the rows again."""
        table = self.chance.choice([*KEYS])
        again = [row for row in self._rows[table].values() if self.chance.random() < 0.7]
        self._rows[table].clear()
        self._commit((table, "t", {}), *(self._put((table, row)) for row in again))

    def _read_all_tables_after_a_gap(self) -> None:
        log, self._log = self._log, ChangeLog()
        for change in (self._change_row, self._delete_row, self._correct_order):
            change()
        self._log = log
        self._read_all_tables()

    def _read_all_tables(self) -> None:
        """A new epoch begins: the log has all rows again, with the time of their last change."""
        self._log.epoch += 1
        changes: list[Change] = []
        for table in KEYS:
            changes.append((table, "t", {}))
            of_table = self._rows[table].values()
            changes += [(table, "r", {**row, "_at": row["updated_at"]}) for row in of_table]
        self._commit(*changes)
