"""A shop's database without constraints, whose rows become one hostile row after the other."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import polars as pl
from psycopg import sql

from spark_jobs.contracts.contract import SilverContract
from spark_jobs.contracts.table import table_of
from spark_jobs.contracts.versions import own_columns, own_key
from tests.harness.shop_source import ShopSource
from tests.spark.shop.hostile import GOOD, HOSTILE, Hostile

# PostgreSQL's types refuse these, or write them in another way, or its stream never sends such a line.
_NO_ROWS = {
    *("id too large", "quantity too large", "signup_date 2026-02-30"),
    *("money with an exponent", "id with zeros"),
    *("unchanged, but not sent", "everything unchanged", "key unchanged", "12 kB missing"),
}
ROWS = {
    name: hostile
    for name, hostile in HOSTILE.items()
    if hostile.has_row and name not in _NO_ROWS and not hostile.change.keys() & {"_pos", "_op", "_at"}
}
_DROP_CONSTRAINTS = """
do $$ declare made record; begin
    for made in select conrelid::regclass as name, conname from pg_constraint
        where connamespace = 'shop'::regnamespace and contype in ('c', 'f') loop
        execute format('alter table %s drop constraint %I', made.name, made.conname);
    end loop;
end $$"""


def own_texts(hostile: Hostile) -> dict[str, str | None]:
    """The table's columns that a change sends, and their texts."""
    line: dict[str, str | None] = {**GOOD[hostile.contract], **hostile.change}
    unchanged = (line.pop("_unchanged", None) or "").split(",")
    return {name: text for name, text in line.items() if name not in unchanged}


def fill(shop: ShopSource, lived_until: datetime) -> None:
    """Take the constraints away, and give each table its good row."""
    shop.execute(
        _DROP_CONSTRAINTS,
        *map(_loosened, GOOD),
        *(_statement("insert into {} ({}) values ({})", *of_table) for of_table in GOOD.items()),
        f"insert into simulator.clock values ('{lived_until}')",
    )


def updates() -> Iterator[str]:
    """Statements that make each table's row hostile in all ways."""
    for hostile in ROWS.values():
        yield _statement("update {} set ({}) = row({})", hostile.contract, own_texts(hostile))


def _loosened(contract: type[SilverContract]) -> str:
    """Only the key stays, as landing needs it. Money has any scale, and wide texts are not compressed."""
    table, changes = table_of(contract), []
    for column in own_columns(table):
        if column.name not in own_key(table):
            changes.append(f"alter {column.name} drop not null")
        if isinstance(column.dtype, pl.Decimal):
            changes.append(f"alter {column.name} type numeric")
        if column.dtype == pl.String:
            changes.append(f"alter {column.name} set storage external")
    return f"alter table shop.{table.rules.table} {', '.join(changes)}"


def _statement(form: str, contract: type[SilverContract], row: Mapping[str, Any]) -> str:
    return (
        sql.SQL(form)  # ty: ignore[invalid-argument-type]
        .format(
            sql.Identifier("shop", table_of(contract).rules.table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(map(sql.Literal, row.values())),
        )
        .as_string()
    )
