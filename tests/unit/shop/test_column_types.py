"""Which types of PostgreSQL a contract reads, and which change of a type may have changed values."""

import polars as pl
import pytest

from shopflow_assets.domains.shop import DOMAIN
from shopflow_assets.sources.database.server.column_types import added_again, kinds, retyped
from spark_jobs.contracts.versions import own_columns


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("integer", "bigint"),
        ("bigint", "smallint"),
        ("text", "character varying(20)"),
        ("character varying", "character varying(5)"),
        ("numeric(10,2)", "numeric(12,2)"),
        ("timestamp without time zone", "timestamp without time zone"),
    ],
)
def test_a_type_whose_values_have_the_same_texts_is_no_other_type(before: str, now: str) -> None:
    assert retyped("shop", {"orders": {"x": before}}, {"orders": {"x": now}}) == []


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("timestamp without time zone", "timestamp with time zone"),
        ("timestamp without time zone", "timestamp(0) without time zone"),
        ("numeric(12,2)", "numeric(12,1)"),
        ("numeric(12,2)", "numeric"),
        ("integer", "numeric(12,2)"),
        ("text", "character(3)"),
        ("integer", "text"),
    ],
)
def test_a_type_that_may_change_values_is_named(before: str, now: str) -> None:
    assert retyped("shop", {"orders": {"x": before, "y": "text"}}, {"orders": {"y": "text", "x": now}}) == [
        f"shop.orders.x: was {before}, is {now}"
    ]


def test_columns_and_tables_that_come_or_go_have_no_other_type() -> None:
    assert retyped("shop", {"orders": {"x": "text"}}, {"orders": {"y": "date"}, "notes": {"x": "date"}}) == []
    assert retyped("shop", {"orders": {"x": "text"}}, {}) == []


def test_a_column_that_was_added_again_is_named() -> None:
    before = {"orders": {"x": 3, "y": 4}}
    assert added_again("shop", before, {"orders": {"y": 4, "x": 5, "z": 3}, "notes": {"x": 1}}) == [
        "shop.orders.x: was dropped and added again"
    ]


def test_every_type_of_the_contracts_is_read_from_some_type_of_postgres() -> None:
    dtypes = {column.dtype for table in DOMAIN.tables for column in own_columns(table)}
    of_numbers = {dtype for dtype in dtypes if "numeric" in kinds(dtype)}
    assert of_numbers == {dtype for dtype in dtypes if isinstance(dtype, pl.Decimal)}
    assert "date" in kinds(pl.Date())
    assert kinds(pl.Int32()) == ("int4", "int2")
    assert "int8" not in kinds(pl.Int32())
    assert "text" in kinds(pl.String())
