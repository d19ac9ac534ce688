"""What the source counts in the snapshot of a window is what silver must hold, to the cent."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from shopflow_assets.checks.silver_verdicts import PARTS, SilverDay, reconciliation
from shopflow_assets.sources.database.watermark import window_landing
from shopflow_assets.sources.database.watermark.window import rows_of_window
from shopflow_assets.verdict import Verdict
from spark_jobs.manifest import Manifest
from tests.harness.shop_source import ShopSource
from tests.spark.shop.landing.compared import bronze, lose
from tests.spark.shop.landing.pipeline import DAY, FIRST, TODAY, land, landings, snapshot

AT = datetime(2026, 1, 1, 20, tzinfo=UTC)
Rows = Iterator[tuple[int, tuple[str | None, ...]]]


@pytest.fixture
def shop(unlanded: ShopSource) -> ShopSource:
    """A shop with an order of the first partition, and an older one."""
    unlanded.mode = "watermark"
    unlanded.execute(
        "set session_replication_role = replica; alter table shop.orders drop constraint orders_amount_check;"
        " update shop.orders set updated_at = '2025-01-01'; insert into shop.orders values"
        " (2, 1, '2026-01-01', 'paid', 0.10, 'web', 1, 'card', 0, 0, 0, 'EUR', '2026-01-01 10:00')",
    )
    return unlanded


def less_a_cent(*arguments: Any) -> Rows:
    """The rows of a window, of which some have lost a cent on the way."""
    for place, row in rows_of_window(*arguments):
        yield place, tuple("0.09" if text == "0.10" else text for text in row)


def verdict(shop: ShopSource, at: datetime = AT, day: date = FIRST) -> Verdict:
    """Land the day, and judge orders of silver that are exactly what bronze holds."""
    of_day = landings(shop, day, at=at)[day]
    [(table, manifest)] = [
        (t, landing.manifest) for t, landing in of_day.items() if t.rules.table == "orders"
    ]
    assert isinstance(manifest, Manifest)
    amounts = [str(line.get("amount") or 0) for line in shop.lines("orders", day)]
    money = [Decimal(text if text != "NaN" else 0) for text in amounts]
    rows = pl.DataFrame({"amount": money}, schema={"amount": pl.Decimal(12, 2)})
    return reconciliation(
        SilverDay(table, day, manifest, rows, pl.DataFrame(), dict.fromkeys(PARTS, 0), version=1)
    )


def test_silver_has_what_the_source_counts_however_often_it_is_read(shop: ShopSource) -> None:
    assert verdict(shop).passed
    assert verdict(shop).metadata["silver_amount"] == "25.10"
    order = "'web', 1, 'card', 0, 0, 0, 'EUR', '2026-01-01 15:00'"
    shop.execute(
        "set session_replication_role = replica; update shop.orders set amount = 99.99, updated_at ="
        " '2026-01-01 12:00' where order_id = 2; insert into shop.orders values"
        f" (3, 1, '2026-01-01', 'paid', 'NaN', {order}), (4, 1, '2026-01-01', 'paid', -7.01, {order})",
    )
    after = verdict(shop)
    assert after.passed
    assert after.metadata["silver_amount"] == "118.08"
    assert land(shop, FIRST + DAY, at=AT + DAY) == {}
    assert verdict(shop, AT + DAY).passed


def test_the_days_before_another_mode_count_too(shop: ShopSource) -> None:
    shop.mode = "stream"
    assert land(shop, FIRST, at=AT) == {}
    shop.mode = "watermark"
    shop.execute("update shop.orders set amount = 1.00, updated_at = '2026-01-01 11:00' where order_id = 2")
    snapshot(shop, at=AT)
    judged = verdict(shop)
    assert judged.passed
    assert judged.metadata["silver_amount"] == "51.10"


def _order(number: int, amount: str) -> str:
    """The statement that adds an order, changed now."""
    order = f"{number}, 1, '2026-01-01', 'paid', {amount}, 'web', 1, 'card', 0, 0, 0, 'EUR'"
    return f"set session_replication_role = replica; insert into shop.orders values ({order})"


@pytest.mark.parametrize("is_cent_lost", [False, True])
def test_the_windows_of_a_day_count_after_it_goes_on_by_stream(
    shop: ShopSource, monkeypatch: pytest.MonkeyPatch, is_cent_lost: bool
) -> None:
    shop.execute(_order(3, "0.10"))
    with monkeypatch.context() as patch:
        if is_cent_lost:
            patch.setattr(window_landing, "rows_of_window", less_a_cent)
        assert land(shop) == {}
    shop.mode = "stream"
    shop.execute(_order(4, "3.00"))
    snapshot(shop)
    shop.execute(_order(5, "7.00"))
    judged = verdict(shop, datetime.now(UTC), TODAY)
    # The window has order 3, the snapshot orders 1 to 4, and the stream order 5.
    assert judged.metadata["silver_amount"] == ("35.29" if is_cent_lost else "35.30")
    assert judged.passed != is_cent_lost


def test_a_window_whose_object_is_gone_is_not_read_again(shop: ShopSource) -> None:
    assert verdict(shop).metadata["silver_amount"] == "25.10"
    key, body = lose(shop, "/orders/")
    landed = bronze(shop)
    problems = {t.rules.table: landing.problem for t, landing in landings(shop, FIRST, at=AT)[FIRST].items()}
    assert f"{key} is gone" in problems["orders"]
    assert bronze(shop) == landed
    shop.s3.put_object(Bucket="datalake", Key=key, Body=body)
    judged = verdict(shop)
    assert judged.passed
    assert judged.metadata["silver_amount"] == "25.10"


def test_a_row_that_is_lost_on_the_way_is_missed(shop: ShopSource, monkeypatch: pytest.MonkeyPatch) -> None:
    original = window_landing.rows_of_window

    def without_first(*arguments: Any) -> Rows:
        rows = original(*arguments)
        next(rows, None)
        return rows

    monkeypatch.setattr(window_landing, "rows_of_window", without_first)
    judged = verdict(shop)
    assert not judged.passed
    assert not judged.is_warning
    assert judged.description == "the source counts 2 rows of the day, 1 of them are accounted for"


def test_a_cent_that_is_lost_on_the_way_is_missed(shop: ShopSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_landing, "rows_of_window", less_a_cent)
    judged = verdict(shop)
    assert not judged.passed
    assert judged.description == "the source counts 25.10 as amount of the day, 25.09 is accounted for"
