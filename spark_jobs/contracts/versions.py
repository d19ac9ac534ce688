"""What the tables of a database have in common: each row is one observed version of a row of the source.

A delete has the columns of the key only, a truncate none. So a column is required for some values of `_op`.
A wide column that an update did not send is named in `_unchanged`; its value is that of the version before.
"""

from datetime import timedelta
from functools import cache
from typing import Any

import polars as pl

from spark_jobs.contracts.contract import Column, SilverContract, Timestamp, column
from spark_jobs.contracts.rules import Rule, TableRules
from spark_jobs.contracts.table import Table
from spark_jobs.contracts.texts import EARLIEST

POSITION, OPERATION, UNCHANGED = "_pos", "_op", "_unchanged"
# The operations whose lines carry a whole row, and those whose lines carry at least its key.
WITH_ROW = ("r", "c", "u")
WITH_KEY = (*WITH_ROW, "d")
# The application gives the times in a row, and the database that of its commit.
CLOCKS_DIFFER = timedelta(minutes=1)


class VersionContract(SilverContract):
    """One observed version of a row of the source, with its place in the order of all changes."""

    # Pandera passes over names that begin with an underscore, so these columns have aliases.
    position: pl.String = column(
        "Place in the order of all changes, epoch/position/ordinal: of two texts, the greater is later",
        alias=POSITION,
        required=True,
        str_matches=r"^[0-9]{4}/[0-9A-F]{16}/[0-9]{10}$",
        meaning="a position, epoch/position/ordinal",
    )
    operation: pl.String = column(
        "How the version was observed: r read, c insert, u update, d delete, t truncate of the whole table",
        alias=OPERATION,
        required=True,
        isin=[*WITH_KEY, "t"],
    )
    changed_at: Timestamp = column(
        "When the change was committed, or `updated_at` of a row that was read (UTC)",
        alias="_at",
        required=True,
        ge=EARLIEST,
    )
    transaction_id: pl.String = column(
        "Transaction of the change; none for a row that was read", alias="_xid"
    )
    old_key: pl.String = column(
        "Key before the change as a JSON object, where a change of the key is observed as delete and insert",
        alias="_old_key",
        data_class="token",
    )
    unchanged: pl.String = column(
        "Names of wide columns that an update did not send, separated by commas", alias=UNCHANGED
    )


@cache
def own_columns(table: Table) -> tuple[Column, ...]:
    """The contract's columns of the source's table, without those that say what happened to the row."""
    return tuple(column for column in table.source_columns if not column.name.startswith("_"))


@cache
def own_key(table: Table) -> tuple[str, ...]:
    """The primary key that the contract expects at the source."""
    return tuple(name for name in table.rules.key if name != POSITION)


def key_column(description: str, **more: Any) -> Any:
    """A column of the source's key: required for a deleted row too."""
    return column(description, required=True, required_for=WITH_KEY, **more)


def row_column(description: str, **more: Any) -> Any:
    """A column that is never null at the source: required for a row, unless `_unchanged` names it."""
    return column(description, required=True, required_for=WITH_ROW, **more)


def may_be_unchanged(column: Column) -> bool:
    """Whether an update may leave the required column out and name it as unchanged."""
    return column.required_for == WITH_ROW


def version_rules(
    domain: str, table: str, *key: str, rules: tuple[Rule, ...] = (), amount: str | None = None
) -> TableRules:
    """The rules of a table of versions: its key is the source's key and the position."""
    return TableRules(
        domain=domain,
        table=table,
        key=(*key, POSITION),
        rules=rules,
        amount=amount,
        unknown_columns="report",
    )


def not_after_change(name: str) -> Rule:
    """What a column says has happened by the time of the change."""
    return Rule(f"{name} not after _at + 1 min", lambda col, _: col(name) <= col("_at") + CLOCKS_DIFFER)


def changed_column() -> Any:
    """The column that watermark windows look at. A change stream does not need it."""
    return column(
        "When the row was last changed, as the shop says (UTC); needed by watermark windows only", ge=EARLIEST
    )
