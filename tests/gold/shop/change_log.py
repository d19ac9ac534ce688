"""The shop's log of changes as silver has it: versions of rows, each with its position."""

import json
from collections import defaultdict
from copy import copy
from datetime import date, datetime

from tests.harness.gold_history import Delivery
from tests.harness.gold_silver import Row

# Table, operation, and the columns of the row; of a deleted row the key.
Change = tuple[str, str, Row]


def quarantined(table: str, row: Row) -> Row:
    """A version that silver refuses, with the texts that bronze has of it."""
    texts = {name: None if value is None else str(value) for name, value in row.items()}
    return {
        "domain": "shop",
        "table_name": table,
        "partition_date": row["partition_date"],
        "record": json.dumps(texts | {"_at": f"{row['_at'].isoformat()}+00:00"}),
        "reasons": ["amount: below 0"],
        "source_file": "log.jsonl",
        "ingested_at": datetime(2026, 6, 1),
    }


class ChangeLog:
    """Transactions in the order of their positions. A transaction comes whole, on the day that commits it."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.epoch, self._position = 1, 0
        self._of_day: dict[date, list[list[tuple[str, Row]]]] = defaultdict(list)

    def commit(self, at: datetime, *changes: Change, day: date | None = None) -> None:
        """Append a transaction; the `_at` of a row that was read may be older than it."""
        self._position += 16
        day = day or at.date()
        about = {"partition_date": day, "source_file": "log.jsonl", "ingested_at": datetime(2026, 6, 1)}
        lines = []
        for ordinal, (table, operation, row) in enumerate(changes):
            position = f"{self.epoch:04}/{self._position:016X}/{ordinal:010}"
            lines.append((table, {"_pos": position, "_op": operation, "_at": at, **about, **row}))
        self._of_day[day].append(lines)

    def transactions(self, day: date) -> int:
        """How many transactions a day has."""
        return len(self._of_day[day])

    def rows(self, day: date, first: int | None = None) -> Delivery:
        """A day's versions by table, or those of its first transactions."""
        tables: Delivery = defaultdict(list)
        for table, row in [line for lines in self._of_day[day][:first] for line in lines]:
            tables[table].append(copy(row))
        return tables
