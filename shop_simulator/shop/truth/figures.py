"""The figures of a day, added up from its changes: orders and cents by status, channel and currency."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from shop_simulator.shop.database.writing import Version

Figures = dict[str, Any]
_MEASURES = ("orders", "amount_cents", "lines", "revenue_cents", "refunds", "refunded_cents")


class Tally:
    """Counts the changes of one day as they come."""

    def __init__(self) -> None:
        """Begin at zero."""
        self._changes: dict[str, Counter[str]] = {}
        # order -> (channel, currency), of the orders placed on the day
        self._placed: dict[str | None, tuple[str, str]] = {}
        # order, currency and cents of what was paid back on the day
        self.refunds: list[tuple[int, str, int]] = []
        self._by_channel: dict[str, Counter[str]] = {}
        self._by_currency: dict[str, Counter[str]] = {}

    def add(self, version: Version) -> None:
        """Count one change."""
        self._changes.setdefault(version.table, Counter())[version.op] += 1
        row = version.row or {}
        order = row.get("order_id")
        if version.table == "orders" and version.op == "c":
            self._placed[order] = str(row["channel"]), str(row["currency"])
            self._count(*self._placed[order], orders=1, amount_cents=_cents(row["amount"]))
        elif version.table == "order_items" and version.op == "c" and order in self._placed:
            revenue = int(row["quantity"] or 0) * _cents(row["unit_price"])
            self._count(*self._placed[order], lines=1, revenue_cents=revenue)
        elif version.table == "refunds" and row.get("status") == "succeeded":
            self.refunds.append((int(order or 0), str(row["currency"]), _cents(row["amount"])))

    def figures(self, day: date, by_status: Figures, channels: Mapping[int, str]) -> Figures:
        """Return all figures; `channels` are those of the orders with a refund, `by_status` of all orders."""
        for order, currency, cents in self.refunds:
            self._count(channels[order], currency, refunds=1, refunded_cents=cents)
        totals = sum(self._by_channel.values(), Counter())
        return {
            "date": day.isoformat(),
            "changes": {table: dict(sorted(ops.items())) for table, ops in sorted(self._changes.items())},
            "by_status": by_status,
            **_measures(totals),
            "by_channel": {name: _measures(counts) for name, counts in sorted(self._by_channel.items())},
            "by_currency": {name: _measures(counts) for name, counts in sorted(self._by_currency.items())},
        }

    def _count(self, channel: str, currency: str, **measures: int) -> None:
        self._by_channel.setdefault(channel, Counter()).update(measures)
        self._by_currency.setdefault(currency, Counter()).update(measures)


def _measures(counts: Mapping[str, int]) -> dict[str, int]:
    return {measure: counts[measure] for measure in _MEASURES}


def _cents(amount: str | None) -> int:
    units, _, cents = str(amount).partition(".")
    return int(units) * 100 + int(cents)
