"""The tables of a made-up shop as they are now. Each change of them gives its line for the log."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from shopflow_assets.registry import DOMAINS
from spark_jobs.contracts.versions import own_key
from tests.gold.shop.change_log import Change
from tests.harness.gold_silver import Row

KEYS = {table.rules.table: own_key(table) for table in DOMAINS["shop"].tables}
WIDE = {
    "customers": ("name", "email"),
    "products": ("name",),
    "addresses": ("street",),
    "refunds": ("reason",),
}


class SourceTables:
    """Tables by name, and their rows by key. Nothing looks for foreign keys."""

    def __init__(self, chance: random.Random) -> None:
        """All tables are empty."""
        self._random = chance
        self._rows: dict[str, dict[tuple, Row]] = defaultdict(dict)

    def keys(self, table: str) -> list[tuple]:
        """The keys of a table's rows, the oldest first."""
        return [*self._rows[table]]

    def rows(self, table: str) -> list[Row]:
        """The rows of a table, the oldest first."""
        return [*self._rows[table].values()]

    def put(self, now: datetime, table: str, row: Row) -> Change:
        """Insert the row, or update the one with its key; wide texts that stay may not be sent."""
        row = {**row, "updated_at": now}
        key = tuple(row[name] for name in KEYS[table])
        before = self._rows[table].get(key)
        self._rows[table][key] = row
        if before is None:
            return table, "c", row
        same = [name for name in WIDE.get(table, ()) if row[name] == before[name]]
        unsent = [name for name in same if self._random.random() < 0.6]
        return table, "u", {**row, **dict.fromkeys(unsent), "_unchanged": ",".join(unsent) or None}

    def delete(self, table: str, key: tuple) -> Change:
        """Delete a row."""
        del self._rows[table][key]
        return table, "d", dict(zip(KEYS[table], key, strict=True))

    def truncate(self, table: str) -> Change:
        """Take all rows out of a table."""
        self._rows[table].clear()
        return table, "t", {}

    def read(self) -> Iterator[Change]:
        """All rows again, as a snapshot has them. Not every change has set `updated_at`."""
        for table in KEYS:
            yield table, "t", {}
            for row in self.rows(table):
                updated_at = row["updated_at"] - timedelta(days=self._random.choice([0, 1, 30]))
                yield table, "r", {**row, "updated_at": updated_at, "_at": updated_at}
