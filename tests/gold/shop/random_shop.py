"""A shop in which random things happen, and the days of its log as they are delivered."""

import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import compress
from operator import not_

from tests.gold.shop import rows
from tests.gold.shop.change_log import Change, ChangeLog, quarantined
from tests.gold.shop.drawn_rows import drawn_row
from tests.gold.shop.source_tables import KEYS, SourceTables
from tests.harness.gold_history import Delivery
from tests.harness.gold_silver import Row

CATALOGUE = ("suppliers", "product_types", "product_subtypes", "products", "addresses", "customers")
CHANGED_OFTEN = ("customers", "products", "payments", "refunds", "shipments")
STATUSES = ("placed", "paid", "shipped", "delivered", "cancelled")
MONEY = {"discount": Decimal("0.50"), "shipping": Decimal("4.90"), "tax": Decimal("1.90")}


class RandomShop:
    """What happens on each day is decided at once. A delivery brings the first transactions of a day.

    A day that is delivered again has the same transactions and maybe more. As after a change of a contract,
    silver may refuse versions that it had before, and the reverse. An order may name a customer who comes
    later, or was deleted.
    """

    def __init__(self, chance: random.Random, days: Sequence[date], *, size: int, changes: int) -> None:
        """Live all days, each with so many changes; tables have at most `size` keys, but for the orders."""
        self._random, self._size = chance, size
        self._tables, self._log, self._now = SourceTables(chance), ChangeLog(), datetime(2025, 11, 20)
        self._delivered: dict[date, int] = {}
        for table in CATALOGUE:
            for _ in range(2 * size // 3):
                self._unseen(lambda table=table: self._commit(self._put_drawn(table)))
        for _ in range(size):
            self._unseen(self._place_order)
        # On most days no table is emptied: a run over such a day recomputes all facts.
        rare = {days[1]: [self._empty_table], days[-2]: [self._read_all_tables_after_a_gap]}
        for day in days:
            self._now = datetime.combine(day, time(0, 1))
            if day == days[0]:
                self._commit(*self._tables.read())
            events = [self._change_anything] * changes + rare.get(day, [])
            chance.shuffle(events)
            for minute, happen in zip(self._minutes(len(events)), events, strict=True):
                self._now = datetime.combine(day, time()) + timedelta(
                    minutes=minute, microseconds=997 * minute
                )
                happen()

    def delivery(self, day: date) -> Delivery:
        """The first transactions of the day, or all."""
        return self._deliver(day, 0)

    def redelivery(self, day: date, before: Delivery) -> Delivery:
        """The day with as many transactions as before, or more."""
        del before
        return self._deliver(day, self._delivered[day])

    def whole_day(self, day: date) -> Delivery:
        """All transactions of the day; silver refuses some of their rows."""
        return self._judged(self._log.rows(day), share=0.05)

    def _deliver(self, day: date, least: int) -> Delivery:
        in_all = self._log.transactions(day)
        least = max(least, in_all // 3)
        self._delivered[day] = self._random.choice([in_all, self._random.randint(least, in_all)])
        share = self._random.choice([0, 0.05])
        return self._judged(self._log.rows(day, self._delivered[day]), share)

    def _judged(self, delivery: Delivery, share: float) -> Delivery:
        """The delivery without the few rows that silver refuses this time; they are in quarantine."""
        refused = []
        for table, of_table in [*delivery.items()]:
            is_refused = [row["_op"] != "t" and self._random.random() < share for row in of_table]
            refused += [quarantined(table, row) for row in compress(of_table, is_refused)]
            delivery[table] = [*compress(of_table, map(not_, is_refused))]
        return {**delivery, "quarantine": refused}

    def _minutes(self, count: int) -> list[int]:
        return sorted(self._random.choices(range(2, 24 * 60), k=count))

    def _unseen(self, *events: Callable[[], None]) -> None:
        """Something that the log misses."""
        self._now += timedelta(minutes=self._random.choice([0, 7, 60]))
        log, self._log = self._log, ChangeLog()
        for happen in events:
            happen()
        self._log = log

    def _commit(self, *changes: Change) -> None:
        self._log.commit(self._now, *changes)

    def _put(self, table: str, row: Row) -> Change:
        return self._tables.put(self._now, table, row)

    def _put_drawn(self, table: str) -> Change:
        return self._put(table, drawn_row(self._random, table, self._size, self._now))

    def _any_key(self) -> int:
        return self._random.randrange(self._size)

    def _change_anything(self) -> None:
        events = {
            self._place_order: 8,
            self._correct_order: 6,
            self._change_status: 5,
            self._change_row: 14,
            self._delete_row: 3,
            self._change_at_once_twice: 2,
        }
        self._random.choices([*events], [*events.values()])[0]()

    def _place_order(self) -> None:
        """Some customers move and order at the same moment."""
        order_id = max((order_id for (order_id,) in self._tables.keys("orders")), default=-1) + 1
        moved = [self._put_drawn("customers")] if self._random.random() < 0.3 else []
        customer_id = moved[0][2]["customer_id"] if moved else self._any_key()
        items = [self._put_item(order_id) for _ in range(self._random.choice([1, 1, 2]))]
        channel = self._random.choice(["web", "mobile", "marketplace"])
        order = rows.order(order_id, customer_id, self._now, channel=channel, address_id=customer_id)
        self._commit(*moved, self._put_order(order), *items)

    def _put_item(self, order_id: int) -> Change:
        item = rows.item(order_id, self._any_key(), quantity=self._random.choice([1, 2, 3]))
        return self._put("order_items", item)

    def _put_order(self, order: Row) -> Change:
        """The order with the amount that its items give."""
        items = [row for row in self._tables.rows("order_items") if row["order_id"] == order["order_id"]]
        lines = sum(row["quantity"] * row["unit_price"] for row in items)
        amount = lines - MONEY["discount"] + MONEY["shipping"] + MONEY["tax"]
        return self._put("orders", {**order, **MONEY, "amount": amount})

    def _any_order(self) -> list[Row]:
        """One of the newer orders; none if there is none."""
        orders = self._tables.rows("orders")[-self._size :]
        return [self._random.choice(orders)] if orders else []

    def _correct_order(self) -> None:
        for order in self._any_order():
            pick = self._random.choice
            items = [self._put_item(order["order_id"])] if pick([True, False]) else []
            customer_id = pick([order["customer_id"], self._any_key()])
            order_ts = pick([order["order_ts"], self._now - timedelta(days=pick([0, 0, 1, 5, 33]))])
            corrected = {"customer_id": customer_id, "order_ts": order_ts, "address_id": customer_id}
            self._commit(self._put_order({**order, **corrected}), *items)

    def _change_status(self) -> None:
        for order in self._any_order():
            self._commit(self._put_order({**order, "status": self._random.choice(STATUSES)}))

    def _change_row(self) -> None:
        drawn = sorted(KEYS.keys() - {"orders", "order_items"})
        self._commit(self._put_drawn(self._random.choice([*CHANGED_OFTEN, *drawn])))

    def _change_at_once_twice(self) -> None:
        table = self._random.choice(["customers", "products"])
        self._commit(*(self._put_drawn(table) for _ in range(4)))

    def _delete_row(self) -> None:
        """A deleted order takes its items with it; an order whose item is deleted costs less."""
        table = self._random.choice([*KEYS])
        if keys := self._tables.keys(table):
            key = self._random.choice(keys)
            of_order = [k for k in self._tables.keys("order_items") if table == "orders" and k[0] == key[0]]
            items = [self._tables.delete("order_items", item) for item in of_order]
            deleted = self._tables.delete(table, key)
            orders = self._tables.rows("orders") if table == "order_items" else []
            self._commit(*items, deleted, *(self._put_order(o) for o in orders if o["order_id"] == key[0]))

    def _empty_table(self) -> None:
        """A truncate, and some of the rows again."""
        table = self._random.choice([*KEYS])
        again = [row for row in self._tables.rows(table) if self._random.random() < 0.7]
        changes = [self._tables.truncate(table), *(self._put(table, row) for row in again)]
        orders = self._tables.rows("orders") if table == "order_items" else []
        self._commit(*changes, *(self._put_order(order) for order in orders))

    def _read_all_tables_after_a_gap(self) -> None:
        """A new epoch begins."""
        self._unseen(*[self._change_row] * 3 * self._size, self._delete_row, self._correct_order)
        self._log.epoch += 1
        self._commit(*self._tables.read())
