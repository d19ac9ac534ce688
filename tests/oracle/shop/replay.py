"""The shop's log of changes, replayed from its first position to its last, one row after the other.

It leaves `stg_<table>`, the rows at the end, `history_of_<table>`, when each row was as it was, and
`doubts_about_orders`, the orders that may not be as they are shown, with the day of the refused record.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

import duckdb
import polars as pl

Row = Mapping[str, Any]
Key = tuple[Any, ...]

KEYS = {
    "customers": ["customer_id"],
    "products": ["product_id"],
    "orders": ["order_id"],
    "order_items": ["order_id", "product_id"],
    "addresses": ["address_id"],
    "customer_addresses": ["customer_id", "address_id"],
    "product_types": ["type_id"],
    "product_subtypes": ["subtype_id"],
    "suppliers": ["supplier_id"],
    "payments": ["payment_id"],
    "refunds": ["refund_id"],
    "shipments": ["shipment_id"],
    "shipment_lines": ["shipment_id", "product_id"],
}
TRACKED = {
    "customers": ["name", "email", "city", "region", "signup_date"],
    "products": ["name", "category", "unit_price", "subtype_id", "supplier_id"],
}
PARTS_OF_ORDERS = ("orders", "order_items", "payments", "refunds", "shipments")
# After all positions.
NO_POSITION = "~"
BEGINNING = datetime(1900, 1, 1)
VALIDITY = {"valid_from": pl.Datetime, "valid_to": pl.Datetime, "is_current": pl.Boolean}


def replay_tables(database: duckdb.DuckDBPyConnection) -> None:
    """Make these tables from silver's, and from what silver refused."""
    doubts: list[Row] = []
    for table, key in KEYS.items():
        silver = database.sql(f"select *, _at as changed_at from {table} order by _pos").pl()
        versions = silver.to_dicts()
        _create(database, f"stg_{table}", list(_replay(versions, key).values()), silver.schema)
        if table in TRACKED:
            columns = [*key, *TRACKED[table]]
            schema = {**{name: silver.schema[name] for name in columns}, **VALIDITY}
            rows = list(_histories(versions, key, TRACKED[table]))
            _create(database, f"history_of_{table}", rows, schema)
        if table in PARTS_OF_ORDERS:
            doubts += _doubts(versions, _refused(database, table), key)
    _create(database, "doubts_about_orders", doubts, {"order_id": pl.Int64, "partition_date": pl.Date})


def _create(
    database: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Row], schema: Mapping[str, Any]
) -> None:
    frame = pl.DataFrame(rows, schema=schema, orient="row")  # noqa: F841 (DuckDB finds it by its name)
    database.execute(f"create or replace temp table {name} as select * from frame")


def _replay(versions: Sequence[Row], key: Sequence[str]) -> dict[Key, Row]:
    """The rows after the last of the versions."""
    rows: dict[Key, Row] = {}
    for version in versions:
        place = tuple(version[name] for name in key)
        if version["_op"] == "t":
            rows.clear()
        elif version["_op"] == "d":
            rows.pop(place, None)
        else:
            unsent = (version["_unchanged"] or "").split(",")
            before = rows.get(place, {})
            rows[place] = {name: before.get(name) if name in unsent else version[name] for name in version}
    return rows


def _refused(database: duckdb.DuckDBPyConnection, table: str) -> Iterator[Row]:
    """The records of a table in quarantine, as far as they are to be read."""
    select = "select record, partition_date from quarantine where domain = 'shop' and table_name = ?"
    for record, day in database.execute(select, [table]).fetchall():
        try:
            texts = json.loads(record)
        except ValueError:
            continue
        if isinstance(texts, dict):
            yield {**texts, "_pos": texts.get("_pos") or NO_POSITION, "_op": "refused", "partition_date": day}


def _doubts(versions: Sequence[Row], refused: Iterator[Row], key: Sequence[str]) -> Iterator[Row]:
    """Each order that is in doubt at the end, with a day on which it was put in doubt."""
    order_of: dict[Key, int | None] = {}
    in_doubt: dict[Key, list[tuple[int | None, date]]] = {}
    for number, version in enumerate(sorted([*versions, *refused], key=lambda version: version["_pos"])):
        place = tuple(_number(version.get(name)) for name in key)
        if version["_op"] == "refused":
            # What names no row is not cleared by any.
            doubts = in_doubt.setdefault(("nobody", number) if None in place else place, [])
            named = {_number(version.get("order_id")), order_of.get(place)}
            doubts += [(order_id, version["partition_date"]) for order_id in named]
        elif version["_op"] == "t":
            order_of.clear()
            in_doubt.clear()
        else:
            in_doubt.pop(place, None)
            order_of[place] = None if version["_op"] == "d" else version["order_id"]
    for order_id, day in [doubt for doubts in in_doubt.values() for doubt in doubts]:
        if order_id is not None:
            yield {"order_id": order_id, "partition_date": day}


def _number(text: Any) -> int | None:
    try:
        return int(text)
    except (TypeError, ValueError):
        return None


def _histories(versions: Sequence[Row], key: Sequence[str], tracked: Sequence[str]) -> Iterator[Row]:
    places = {tuple(v[name] for name in key) for v in versions if v["_op"] != "t"}
    for place in places:
        of_row = [v for v in versions if v["_op"] == "t" or tuple(v[name] for name in key) == place]
        for values, start, end in _stretches(of_row, key, tracked):
            named = dict(zip([*key, *tracked], [*place, *values], strict=True))
            yield {**named, "valid_from": start, "valid_to": end, "is_current": end is None}


def _stretches(
    versions: Sequence[Row], key: Sequence[str], tracked: Sequence[str]
) -> Iterator[tuple[Key, datetime, datetime | None]]:
    """The values of one row with their start and their end; none while there is no row."""
    now, moments = BEGINNING, []
    for number, version in enumerate(versions):
        following = versions[number + 1 : number + 2]
        # A new reading of the table says first that the table is empty, then reads the row again.
        if version["_op"] == "t" and (number == 0 or (following and following[0]["_op"] == "r")):
            continue
        now = max(now, version["_at"])
        row = _replay(versions[: number + 1], key)
        values = [tuple(of_row[name] for name in tracked) for of_row in row.values()]
        moments.append((now, values[0] if values else None))
    at_their_end = [list(same)[-1] for _, same in groupby(moments, key=lambda moment: moment[0])]
    turns = [next(same) for _, same in groupby(at_their_end, key=lambda moment: moment[1])]
    if turns and turns[0][1] is None:
        turns.pop(0)
    ends = [start for start, _ in turns[1:]] + [None]
    starts = [BEGINNING, *(start for start, _ in turns[1:])]
    for (_, values), start, end in zip(turns, starts, ends, strict=False):
        if values is not None:
            yield values, start, end
