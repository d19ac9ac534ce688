"""The source is counted once a day, and the count is exactly what was landed before its position."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Event, Thread

import pytest

from shopflow_assets.sources.database.landed.source_counts import SourceCount, SourceCounts, is_landed
from shopflow_assets.sources.database.stream import counting
from tests.harness.shop_source import ShopSource
from tests.spark.shop.landing.pipeline import DAY, TODAY, environment, land, landings, snapshot

NOON = datetime.combine(TODAY, datetime.min.time()).astimezone() + timedelta(hours=12)


def counted(shop: ShopSource, day: date = TODAY) -> SourceCount | None:
    with environment(shop):
        return SourceCounts(shop.name).of(day)


def rows_before(shop: ShopSource, count: SourceCount, table: str) -> list[dict[str, str | None]]:
    """The rows that the landed changes before the count's position make."""
    lines = [line for line in shop.lines(table) if str(line["_pos"]) < count.position]
    return [dict(row) for row in shop.folded(table, lines)]


def trade(shop: ShopSource, until: Event) -> None:
    """Change rows all the time; of each pair of transactions, the first to begin is the last to end."""
    number = 100
    while not until.is_set():
        with shop.connect() as slow, shop.connect() as fast, slow.transaction():
            slow.execute(b"insert into shop.suppliers values (%d, 'slow', 'DE')" % number)
            with fast.transaction():
                fast.execute(b"insert into shop.suppliers values (%d, 'fast', 'DE')" % (number + 1))
                fast.execute(b"delete from shop.suppliers where supplier_id = %d" % (number - 2))
            slow.execute(b"update shop.orders set amount = amount + 0.01 where order_id = 1")
        number += 2


def test_a_count_is_what_was_landed_before_its_position(unlanded: ShopSource) -> None:
    is_over = Event()
    trader = Thread(target=trade, args=(unlanded, is_over))
    trader.start()
    try:
        positions = set()
        for later in range(4):
            day = TODAY + later * DAY
            assert land(unlanded, day, at=NOON + later * DAY) == {}
            count = counted(unlanded, day)
            assert count is not None
            positions.add(count.position)
            for table in ("suppliers", "customers"):
                assert count.tables[table].rows == len(rows_before(unlanded, count, table)), table
            orders = rows_before(unlanded, count, "orders")
            assert count.tables["orders"].amount == sum(Decimal(str(order["amount"])) for order in orders)
            *_, landed = unlanded.days()
            assert is_landed(count, landed)
    finally:
        is_over.set()
        trader.join()
    assert len(positions) == 4
    assert unlanded.execute("select count(*) from shop.suppliers")[0][0] > 5


def test_a_day_is_counted_once(shop: ShopSource) -> None:
    before = counted(shop)
    shop.execute("delete from shop.suppliers where supplier_id = 3")
    assert land(shop) == {}
    assert counted(shop) == before
    assert before is not None
    assert before.tables["suppliers"].rows == 3


def test_a_new_epoch_is_counted_again(shop: ShopSource) -> None:
    before = counted(shop)
    snapshot(shop)
    assert land(shop) == {}
    after = counted(shop)
    assert before is not None
    assert after is not None
    assert (before.epoch, after.epoch) == (1, 2)
    assert before.position < after.position


def test_no_slot_of_the_count_stays(shop: ShopSource) -> None:
    slots = shop.execute("select slot_name from pg_replication_slots where database = current_database()")
    assert slots == [(shop.name,)]


def test_a_transaction_that_stays_open_is_no_obstacle(
    shop: ShopSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "SECONDS_TO_WAIT", 0.3)
    tomorrow = NOON + DAY
    with shop.connect() as other, other.transaction():
        other.execute("insert into shop.suppliers values (4, 'Dot', 'DE')")
        by_table = landings(shop, tomorrow.date(), at=tomorrow)[tomorrow.date()]
        assert {landing.problem for landing in by_table.values()} == {""}
        [lag] = {landing.verdicts["lag"].description for landing in by_table.values()}
        assert "could not be counted" in lag
        assert counted(shop, tomorrow.date()) is None
    assert land(shop, tomorrow.date(), at=tomorrow) == {}
    count = counted(shop, tomorrow.date())
    assert count is not None
    assert count.tables["suppliers"].rows == 4
