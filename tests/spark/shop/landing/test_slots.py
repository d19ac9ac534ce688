"""A slot is for one landing at a time, of the home that made it; nothing is lost or landed twice."""

from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.pq import ExecStatus, PGconn

from shopflow_assets.errors import SourceError
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays
from shopflow_assets.sources.database.stream import new_slot, slot
from shopflow_assets.verdict import Verdict
from tests.harness.shop_source import ShopSource
from tests.harness.stack import Stack
from tests.spark.shop.landing.compared import assert_landed_once, bronze
from tests.spark.shop.landing.pipeline import FIRST, TODAY, happens, land, landings, snapshot

SECOND = FIRST + timedelta(days=1)
SUPPLIER = "insert into shop.suppliers values (4, 'Dot', 'DE')"


def test_a_slot_that_another_landing_reads_is_left_to_it(
    shop: ShopSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slot, "SECONDS_TO_WAIT", 0.1)
    shop.execute(SUPPLIER)
    landed = bronze(shop)
    other = PGconn.connect(make_conninfo(shop.url, replication="database").encode())
    try:
        options = "proto_version '1', publication_names 'shopflow'"
        stream = f"START_REPLICATION SLOT {shop.name} LOGICAL 0/0 ({options})"
        assert other.exec_(stream.encode()).status == ExecStatus.COPY_BOTH
        problem = land(shop)[TODAY]
        assert f"Another landing reads the replication slot {shop.name} at this moment" in problem
        assert "Run again" in problem
        assert bronze(shop) == landed
    finally:
        other.finish()
    assert land(shop) == {}
    assert_landed_once(shop)


def test_of_two_landings_at_a_time_the_slower_one_changes_nothing(
    shop: ShopSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.execute(SUPPLIER)
    commit, others = DatabaseDays.commit, iter([lambda: land(shop)])

    def overtaken(days: DatabaseDays, landed: DatabaseDay) -> None:
        for other in others:
            shop.execute("insert into shop.suppliers values (5, 'Elk', 'DE')")
            assert other() == {}
        commit(days, landed)

    monkeypatch.setattr(DatabaseDays, "commit", overtaken)
    problem = land(shop)[TODAY]
    assert "another landing was faster" in problem
    assert "Run the day again" in problem
    assert land(shop) == {}
    assert_landed_once(shop)


def test_the_slower_landing_does_not_replace_a_day_that_the_faster_one_began(
    simulated: ShopSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert land(simulated, FIRST) == {}
    happens(simulated, datetime(2026, 1, 2, 10), SUPPLIER)
    peek, others = slot.peek, iter([lambda: land(simulated, SECOND)])

    def overtaken(*arguments: Any) -> Any:
        for other in others:
            assert other() == {}
        return peek(*arguments)

    monkeypatch.setattr(slot, "peek", overtaken)
    assert "another landing was faster" in land(simulated, SECOND)[SECOND]
    assert land(simulated, SECOND) == {}
    assert_landed_once(simulated)


def _lag(shop: ShopSource, slot: str) -> Verdict:
    day = landings(shop, TODAY, SHOPFLOW_OLTP_SLOT=slot)[TODAY]
    return next(iter(day.values())).verdicts["lag"]


def test_a_slot_that_is_left_of_the_stream_is_named_until_it_is_dropped(shop: ShopSource) -> None:
    shop.mode = "watermark"
    snapshot(shop)
    lag = _lag(shop, shop.name)
    assert not lag.passed
    assert lag.is_warning
    assert f"slot {shop.name} is left of the change stream" in lag.description
    shop.execute(lag.description.split("`")[1])
    assert _lag(shop, shop.name).passed
    # A slot of somebody else is not our business.
    shop.execute("select pg_create_logical_replication_slot('shop_of_another', 'pgoutput')")
    assert _lag(shop, "shop_of_another").passed


def test_a_slot_of_another_database_is_left_alone(stack: Stack, shop: ShopSource) -> None:
    other = ShopSource(stack, "shop_landing_twin")
    other.create(is_simulated=False)
    try:
        problem = land(other, SHOPFLOW_OLTP_SLOT=shop.name)[TODAY]
        assert f"slot {shop.name} belongs to another database" in problem
        assert "SHOPFLOW_OLTP_SLOT" in problem
    finally:
        other.drop()
    shop.execute(SUPPLIER)
    assert land(shop) == {}
    assert_landed_once(shop)


def test_a_slot_that_was_not_made_from_this_home_is_left_until_somebody_drops_it(
    unlanded: ShopSource,
) -> None:
    unlanded.execute(f"select pg_create_logical_replication_slot('{unlanded.name}', 'pgoutput')")
    problem = land(unlanded)[TODAY]
    assert f"replication slot {unlanded.name} that was not made from this home" in problem
    assert "SHOPFLOW_OLTP_SLOT" in problem
    assert bronze(unlanded) == {}
    with pytest.raises(SourceError, match="not made from this home"):
        snapshot(unlanded)
    [(dropped,)] = unlanded.execute(problem.split("`")[1])
    assert dropped == ""
    assert land(unlanded) == {}
    assert_landed_once(unlanded)


def test_a_transaction_that_keeps_the_slot_from_beginning_is_named(
    unlanded: ShopSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_slot, "SECONDS_TO_WAIT", 0.3)
    with psycopg.connect(unlanded.url, application_name="slow") as slow:
        slow.execute(SUPPLIER)
        problem = land(unlanded)[TODAY]
        assert f"pid {slow.info.backend_pid}, application slow, role postgres, since {TODAY}" in problem
        assert "They have not after 0.3 seconds" in problem
        assert "pg_terminate_backend" in problem
        assert bronze(unlanded) == {}
        assert unlanded.execute(f"select from pg_replication_slots where slot_name = '{unlanded.name}'") == []
    assert land(unlanded) == {}
    assert_landed_once(unlanded)
