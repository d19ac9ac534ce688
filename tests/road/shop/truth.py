"""What the simulator says that it did to the shop's tables in the carried days, with their history."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.road.carried import SHOP_DAYS

Row = dict[str, str | None]
SINCE_EVER = datetime(1900, 1, 1)
KEYS = {"customers": "customer_id", "products": "product_id", "orders": "order_id"}


@dataclass(frozen=True)
class Stretch:
    """A time in which some columns of a row had these values; `until` is exclusive, None while they have."""

    values: tuple[str | None, ...]
    since: datetime
    until: datetime | None

    def holds(self, time: datetime) -> bool:
        """Whether the time is in the stretch."""
        return self.since <= time and (self.until is None or time < self.until)


@dataclass(frozen=True)
class Truth:
    """The changes of some days in their order, after those from before the first."""

    folder: Path
    days: Sequence[date] = tuple(SHOP_DAYS)

    @cached_property
    def changes(self) -> dict[str, list[dict[str, Any]]]:
        """The changes of each table."""
        by_table: dict[str, list[dict[str, Any]]] = {}
        for day in ("history", *map(str, self.days)):
            for line in (self.folder / f"{day}.versions.jsonl").read_text().splitlines():
                change = json.loads(line)
                by_table.setdefault(change["table"], []).append(change)
        return by_table

    def rows(self, table: str, *key: str) -> dict[tuple[str | None, ...], Row]:
        """The rows that a table has in the end, by their key."""
        rows: dict[tuple[str | None, ...], Row] = {}
        for change in self.changes[table]:
            row = change["row"] or change["key"]
            of_row = tuple(row[name] for name in key)
            rows.pop(of_row, None)
            if change["op"] != "d":
                rows[of_row] = row
        return rows

    def histories(self, table: str, columns: Sequence[str]) -> dict[str | None, list[Stretch]]:
        """The stretches of each key of a table."""
        states: dict[str | None, list[tuple[datetime, tuple[str | None, ...] | None]]] = {}
        for change in self.changes[table]:
            row = change["row"] or change["key"]
            values = None if change["op"] == "d" else tuple(row[name] for name in columns)
            states.setdefault(row[KEYS[table]], []).append((datetime.fromisoformat(change["at"]), values))
        return {key: list(_stretches(of_key)) for key, of_key in states.items()}


def _stretches(states: list[tuple[datetime, tuple[str | None, ...] | None]]) -> Iterator[Stretch]:
    # Of states of one instant the last counts.
    by_time = sorted(dict(states).items())
    turns = [by_time[0], *(new for old, new in pairwise(by_time) if new[1] != old[1])]
    ends = [time for time, _ in turns[1:]]
    for (time, values), until in zip(turns, [*ends, None], strict=True):
        if values is not None:
            yield Stretch(values, SINCE_EVER if time == turns[0][0] else time, until)


def cents(text: str | None) -> Decimal:
    """Money as the simulator writes it."""
    return Decimal(text or 0)
