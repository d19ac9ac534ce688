"""Many landings of one day: what they leave in bronze, and what is said to be new before and after them."""

from datetime import UTC, datetime, timedelta

import pytest

from shopflow_assets.errors import StoreError
from shopflow_assets.sources.database.stream import pending
from tests.harness.shop_source import ShopSource
from tests.harness.stack import eventually
from tests.spark.shop.landing.compared import assert_landed_once, bronze, lose
from tests.spark.shop.landing.pipeline import (
    DAY,
    TODAY,
    changed_days,
    land,
    landings,
    news,
    snapshot,
)

# Not the hour in which a test begins with a landing.
HOUR = (datetime.now(UTC) + timedelta(hours=2)).replace(minute=0)
OTHER_TABLE = "create table public.others as select generate_series(1, 20000) n; drop table public.others"


def supplier(number: int, size: int = 1) -> str:
    return f"insert into shop.suppliers values ({number}, repeat('x', {size}), 'DE')"


def confirmed(shop: ShopSource) -> tuple[int, int]:
    """How far the slot is read, and how much log the server keeps for it."""
    [row] = shop.execute(
        "select confirmed_flush_lsn - '0/0', pg_current_wal_lsn() - restart_lsn from pg_replication_slots"
        f" where slot_name = '{shop.name}'"
    )
    return row


def shas(shop: ShopSource, at: datetime) -> dict[str, str]:
    """Land today; the hash of each table's manifest."""
    by_table = landings(shop, TODAY, at=at)[TODAY]
    assert {landing.problem for landing in by_table.values()} == {""}
    return {t.rules.table: landing.manifest.sha256 for t, landing in by_table.items() if landing.manifest}


def objects(shop: ShopSource) -> list[tuple[int, bytes]]:
    """Records and bytes of each listed object of the suppliers."""
    [landed] = shop.days()
    folder = f"bronze/{shop.name}/suppliers/year={TODAY:%Y}/month={TODAY:%m}/day={TODAY:%d}/"
    return [
        (file.records, shop.s3.get_object(Bucket="datalake", Key=folder + file.name)["Body"].read())
        for file in landed.files["suppliers"]
    ]


def test_an_idle_landing_changes_no_table_and_lets_the_server_forget(shop: ShopSource) -> None:
    before, lines = shas(shop, HOUR), {key for key in bronze(shop) if key.endswith(".jsonl")}
    shop.execute(OTHER_TABLE)
    read, kept = confirmed(shop)
    assert kept > 1_000_000

    def has_moved() -> None:
        # The server forgets up to its newest note of what was running, if nothing old was then.
        shop.execute("select pg_log_standby_snapshot()")
        assert shas(shop, HOUR) == before
        read_now, kept_now = confirmed(shop)
        assert read_now - read > 1_000_000
        assert kept_now < kept / 2

    eventually(has_moved, seconds=30, every=0.1)
    assert {key for key in bronze(shop) if key.endswith(".jsonl")} == lines


def test_landings_of_an_hour_grow_one_object_that_holds_its_shorter_self(shop: ShopSource) -> None:
    [(_, first)] = objects(shop)
    seen = []
    for minutes in (0, 5, 59):
        shop.execute(supplier(10 + minutes))
        assert land(shop, at=HOUR + timedelta(minutes=minutes)) == {}
        [(_, unchanged), (records, grown)] = objects(shop)
        assert unchanged == first
        seen.append((records, grown))
    assert [records for records, _ in seen] == [1, 2, 3]
    assert seen[1][1].startswith(seen[0][1])
    assert seen[2][1].startswith(seen[1][1])
    shop.execute(supplier(20))
    assert land(shop, at=HOUR + timedelta(minutes=60)) == {}
    assert [records for records, _ in objects(shop)] == [4, 3, 1]
    assert_landed_once(shop)


def test_an_object_stops_growing_at_a_mebibyte(shop: ShopSource) -> None:
    for number, size in enumerate((600_000, 500_000, 500_000, 10), 10):
        shop.execute(supplier(number, size))
        assert land(shop, at=HOUR) == {}
    assert [records for records, _ in objects(shop)] == [4, 1, 3]
    assert_landed_once(shop)


def test_a_snapshot_grows_no_object_of_the_epoch_before(shop: ShopSource) -> None:
    shop.execute(supplier(10))
    assert land(shop, at=HOUR) == {}
    snapshot(shop, at=HOUR)
    shop.execute(supplier(11))
    assert land(shop, at=HOUR) == {}
    assert [records for records, _ in objects(shop)] == [4, 1, 6]
    assert_landed_once(shop)


def test_an_object_that_is_gone_stays_listed_and_is_named_until_it_is_back(shop: ShopSource) -> None:
    key, body = lose(shop, "/suppliers/")
    assert news(shop, TODAY) == {TODAY: {"suppliers"}}
    shop.execute(supplier(4))
    by_table = landings(shop, TODAY)[TODAY]
    [landed] = shop.days()
    lost, added = landed.files["suppliers"]
    assert (lost.records, added.records) == (4, 1)
    assert {t.rules.table: of_table.problem for t, of_table in by_table.items() if of_table.problem} == {
        "suppliers": f"s3://datalake/{key} is gone, though the manifest lists it ({lost.source}): restore it"
        f" from a backup of the bucket and run {TODAY} again. Until then silver and gold keep what they have"
        " of the day; other days go on. The source cannot send these changes again;"
        f" `shopflow snapshot --domain {shop.name}` lands its present rows"
    }
    shop.s3.put_object(Bucket="datalake", Key=key, Body=body)
    assert news(shop, TODAY) == {}
    assert land(shop) == {}
    assert_landed_once(shop)


def test_what_is_new_is_said_before_a_landing_and_not_after_it(unlanded: ShopSource) -> None:
    every = {*unlanded.tables}
    assert news(unlanded, TODAY - DAY, TODAY) == {TODAY - DAY: every, TODAY: every}
    assert changed_days(unlanded) == {TODAY}
    assert land(unlanded) == {}
    assert news(unlanded, TODAY) == {}
    assert changed_days(unlanded) == set()
    unlanded.execute(supplier(4), "delete from shop.order_items")
    assert news(unlanded, TODAY, TODAY + DAY) == {TODAY: {"suppliers", "order_items"}, TODAY + DAY: every}
    assert changed_days(unlanded) == {TODAY}
    assert land(unlanded) == {}
    assert news(unlanded, TODAY - DAY, TODAY) == {TODAY - DAY: every}
    assert changed_days(unlanded) == set()


def test_much_log_of_other_tables_is_worth_a_landing(
    shop: ShopSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.execute(OTHER_TABLE)
    assert changed_days(shop) == set()
    monkeypatch.setattr(pending, "MUCH_LOG", 1 << 20)
    assert changed_days(shop) == {TODAY}
    assert news(shop, TODAY) == {}
    assert land(shop) == {}
    assert changed_days(shop) == set()


def test_nothing_is_lost_while_the_lake_is_away(shop: ShopSource) -> None:
    shop.execute(supplier(4))
    before = confirmed(shop)[0]
    with pytest.raises(StoreError, match="MinIO does not answer"):
        land(shop, SHOPFLOW_S3_ENDPOINT="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
    assert confirmed(shop)[0] == before
    assert land(shop) == {}
    assert_landed_once(shop)
