"""Silver of the shop's tables: every change that the simulator made is there once, with its exact values."""

import json
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from shopflow_assets.domains.shop import DOMAIN
from spark_jobs.contracts.quality import RowLedger
from spark_jobs.contracts.versions import own_columns, own_key
from spark_jobs.silver_table import SilverTable
from tests.harness.lakehouse import Lakehouse
from tests.road.carried import SHOP_DAYS

TABLES = [pytest.param(table, id=table.rules.table) for table in DOMAIN.tables]


def _truth(road: Lakehouse, table: SilverTable, day: date | str) -> list[dict[str, Any]]:
    """What the simulator did to a table, in its order."""
    path = road.stack.home.path / "truth" / "shop" / f"{day}.versions.jsonl"
    versions = map(json.loads, path.read_text().splitlines())
    return [version for version in versions if version["table"] == table.rules.table]


def _silver(road: Lakehouse, table: SilverTable, *kinds: str) -> pl.DataFrame:
    """The rows of the carried days; other tests write days of their own into the same tables."""
    rows = road.silver(table.contract).filter(pl.col("partition_date").is_in(SHOP_DAYS))
    return rows.filter(pl.col("_op").is_in(kinds)).sort("_pos")


def _as_row(table: SilverTable, texts: dict[str, str | None]) -> tuple[Any, ...]:
    """The texts as the values that silver has."""
    return tuple(_value(column.dtype, texts.get(column.name)) for column in own_columns(table))


def _value(dtype: pl.DataType, text: str | None) -> Any:
    if text is None:
        return None
    if isinstance(dtype, pl.Decimal):
        return Decimal(text)
    if isinstance(dtype, pl.Datetime):
        return datetime.fromisoformat(text)
    return date.fromisoformat(text) if dtype == pl.Date else int(text) if dtype.is_integer() else text


def _by_key(table: SilverTable, versions: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], list[Any]]:
    """The versions of each key in their order; the rows of a transaction may be written in any order."""
    names = ["_op", "_at", *(column.name for column in own_columns(table))]
    places = [names.index(name) for name in own_key(table)]
    by_key: dict[tuple[Any, ...], list[Any]] = {}
    for version in versions:
        by_key.setdefault(tuple(version[place] for place in places), []).append(version)
    return by_key


@pytest.mark.parametrize("table", TABLES)
def test_silver_has_every_version_of_the_lived_days_in_their_order(
    road: Lakehouse, table: SilverTable
) -> None:
    names = [column.name for column in own_columns(table)]
    for day in SHOP_DAYS:
        expected = [
            (version["op"], datetime.fromisoformat(version["at"]), *_as_row(table, row))
            for version in _truth(road, table, day)
            for row in [version["row"] or version["key"]]
        ]
        rows = _silver(road, table, "c", "u", "d").filter(pl.col("partition_date") == day)
        assert _by_key(table, rows.select("_op", "_at", *names).rows()) == _by_key(table, expected)


@pytest.mark.parametrize("table", TABLES)
def test_the_first_snapshot_has_the_history(road: Lakehouse, table: SilverTable) -> None:
    names = [column.name for column in own_columns(table)]
    rows = _silver(road, table, "r")
    assert set(rows["partition_date"]) <= {SHOP_DAYS[0]}
    expected = Counter(_as_row(table, version["row"]) for version in _truth(road, table, "history"))
    assert Counter(rows.select(names).rows()) == expected
    [begin] = _silver(road, table, "t")["_pos"]
    assert begin < rows["_pos"].min()


def test_the_days_show_every_kind_of_change(road: Lakehouse) -> None:
    """The other tests would pass if the simulator no longer made the changes that they are about."""
    kinds = Counter(
        version["op"] for table in DOMAIN.tables for day in SHOP_DAYS for version in _truth(road, table, day)
    )
    assert min(kinds[op] for op in ("c", "u", "d")) > 3


def test_nothing_of_the_shop_is_refused_or_lost(road: Lakehouse) -> None:
    of_the_shop = (pl.col("domain") == "shop") & pl.col("partition_date").is_in(SHOP_DAYS)
    ledger = road.silver(RowLedger).filter(of_the_shop)
    assert ledger.height == len(DOMAIN.tables) * len(SHOP_DAYS)
    assert ledger["quarantined_rows"].sum() == ledger["duplicate_rows"].sum() == 0
    assert ledger["bronze_rows"].sum() == ledger["silver_rows"].sum()


@pytest.mark.parametrize("day", SHOP_DAYS, ids=str)
def test_orders_placed_on_a_day_equal_the_truth_in_count_and_cents(road: Lakehouse, day: date) -> None:
    truth = json.loads((road.stack.home.path / "truth" / "shop" / f"{day}.json").read_text())
    orders = next(table for table in DOMAIN.tables if table.rules.table == "orders")
    placed = _silver(road, orders, "c").filter(pl.col("partition_date") == day)
    assert placed.height == truth["orders"]
    assert placed["amount"].cast(pl.Decimal(38, 2)).sum() * 100 == truth["amount_cents"]


def test_no_card_data_is_in_bronze_or_silver(road: Lakehouse) -> None:
    import psycopg

    with psycopg.connect(road.stack.settings.shop_owner_url) as shop:
        cards = shop.execute(
            "select card_number from shop.payments where card_number is not null limit 200"
        ).fetchall()
    assert len(cards) > 50
    keys = road.keys("datalake", "bronze/shop/payments/")
    bodies = [road.s3.get_object(Bucket="datalake", Key=key)["Body"].read().decode() for key in keys]
    payments = next(table for table in DOMAIN.tables if table.rules.table == "payments")
    silver = road.silver(payments.contract).write_csv()
    assert not [card for (card,) in cards if any(card in text for text in (*bodies, silver))]
