"""Writes changes to the shop's tables in few statements, and returns what the tables then hold."""

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from shop_simulator.shop.plan.changes import CARD_COLUMNS, KEYS, Change, Row

if TYPE_CHECKING:
    from psycopg import Connection

Texts = dict[str, str | None]

# A plan made while a table was empty would read it whole, for ever; a look-up by key is always right here.
_SESSION = (
    "set synchronous_commit = off",
    "set datestyle = 'iso, ymd'",
    "set enable_seqscan = off",
    "set enable_hashjoin = off",
    "set enable_mergejoin = off",
)
_COLUMNS = """
    select table_name::text, array_agg(column_name::text order by ordinal_position)
    from information_schema.columns where table_schema = 'shop' group by table_name
"""
_TABLES = tuple(KEYS)
_ORDERS_OF_SECOND = """
    update shop.orders as target set customer_id = %(into)s, updated_at = %(at)s
    where customer_id = %(customer_id)s
"""
_ADDRESSES_OF_SECOND = """
    update shop.customer_addresses as target set customer_id = %(into)s, updated_at = %(at)s
    where customer_id = %(customer_id)s and not exists (
        select from shop.customer_addresses as own
        where own.customer_id = %(into)s and own.address_id = target.address_id
    )
"""


class Version(NamedTuple):
    """What one change made of one row, as the texts that PostgreSQL prints; a delete leaves no row."""

    table: str
    op: str
    at: str
    key: dict[str, str]
    row: Texts | None


class Writer:
    """Writes changes through one connection, within the transaction of its caller."""

    def __init__(self, connection: "Connection", *, forget_updated_at: bool = False) -> None:
        """Prepare the session. With `forget_updated_at`, a customer who moves keeps the old `updated_at`."""
        from psycopg.types.string import TextLoader

        for setting in _SESSION:
            connection.execute(setting.encode())
        self._cursor = connection.cursor()
        for name in ("int4", "int8", "numeric", "timestamp", "date"):
            self._cursor.adapters.register_loader(name, TextLoader)
        self._columns = {
            table: [column for column in columns if column not in CARD_COLUMNS]
            for table, columns in self._cursor.execute(_COLUMNS)
        }
        self._forgetful = {"customers"} if forget_updated_at else set()

    def write(self, changes: Iterable[Change], at: datetime) -> list[Version]:
        """Write changes at one instant. A row that brings its own `updated_at` keeps it.

        Within one call a row is created, then changed, then deleted, each at most once.
        """
        instant = at.isoformat(" ")
        versions: list[Version] = []
        for (_, _, columns), same in groupby(sorted(changes, key=_rank), key=_rank):
            batch = list(same)
            table, op = batch[0].table, batch[0].op
            if op == "m":
                for change in batch:
                    versions += self._merge(change.row | {"at": instant})
                continue
            if op != "d" and "updated_at" not in columns and not (op == "u" and table in self._forgetful):
                columns = (*columns, "updated_at")
            rows = [{"updated_at": instant, **change.row} for change in batch]
            versions += self._batch(table, op, columns, rows, instant)
        return versions

    def _batch(
        self, table: str, op: str, columns: tuple[str, ...], rows: list[Row], at: str
    ) -> list[Version]:
        keys = KEYS[table]
        given = f"json_populate_recordset(null::shop.{table}, %s::json) as given"
        same_key = " and ".join(f"target.{column} = given.{column}" for column in keys)
        names = ", ".join(columns)
        if op == "c":
            statement = f"insert into shop.{table} as target ({names}) select {names} from {given}"
        elif op == "u":
            values = ", ".join(f"{column} = given.{column}" for column in columns if column not in keys)
            statement = f"update shop.{table} as target set {values} from {given} where {same_key}"
        else:
            statement = f"delete from shop.{table} as target using {given} where {same_key}"
        return self._versions(table, op, at, statement, [json.dumps(rows)])

    def _merge(self, merge: Row) -> list[Version]:
        """Give the orders and addresses of one customer to another one, and delete the first."""
        versions = self._versions("orders", "u", merge["at"], _ORDERS_OF_SECOND, merge)
        for link in self._versions("customer_addresses", "c", merge["at"], _ADDRESSES_OF_SECOND, merge):
            # The key has changed: for everybody who follows keys, one row ends and another one begins.
            key = {**link.key, "customer_id": str(merge["customer_id"])}
            versions += [Version("customer_addresses", "d", link.at, key, None), link]
        for table in ("customer_addresses", "customers"):
            statement = f"delete from shop.{table} as target where customer_id = %(customer_id)s"
            versions += self._versions(table, "d", merge["at"], statement, merge)
        return versions

    def _versions(
        self, table: str, op: str, at: str, statement: str, values: list[str] | Row
    ) -> list[Version]:
        """Run a statement and return its rows, by key: PostgreSQL may change them in any order."""
        keys = KEYS[table]
        returned = self._columns[table] if op != "d" else keys
        returning = ", ".join(f"target.{column}" for column in returned)
        self._cursor.execute(f"{statement} returning {returning}".encode(), values)
        versions = []
        for texts in self._cursor.fetchall():
            row = dict(zip(returned, texts, strict=True))
            key = {column: str(row[column]) for column in keys}
            versions.append(Version(table, op, at, key, None if op == "d" else row))
        versions.sort(key=lambda version: [int(version.key[column]) for column in keys])
        return versions


def _rank(change: Change) -> tuple[int, int, tuple[str, ...]]:
    """Sort changes so that each statement finds the rows that it refers to."""
    table = _TABLES.index(change.table)
    columns = () if change.op == "m" else tuple(change.row)
    return "cumd".index(change.op), -table if change.op == "d" else table, columns
