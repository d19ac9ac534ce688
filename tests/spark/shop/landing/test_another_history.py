"""A server that has lost changes, or that has another history than the landed one, is refused by name."""

import signal
from collections.abc import Iterator
from itertools import count
from pkgutil import resolve_name
from typing import Any

import pytest

from shopflow_assets.errors import SourceError
from shopflow_assets.sources.database.stream import new_slot
from tests.harness.shop_source import ShopSource
from tests.harness.stack import Stack
from tests.spark.shop.landing.compared import assert_landed_once, bronze
from tests.spark.shop.landing.own_server import OwnServer, own_server
from tests.spark.shop.landing.pipeline import TODAY, land, news, snapshot

NAME = "shop_history"
STREAM = "shopflow_assets.sources.database.stream"
SNAPSHOT = f"`shopflow snapshot --domain {NAME}`"


def supplier(number: int) -> str:
    return f"insert into shop.suppliers values ({number}, 'Name {number}', 'DE')"


def landed_suppliers(shop: ShopSource) -> list[str | None]:
    return [line["supplier_id"] for line in shop.lines("suppliers") if line["_op"] != "t"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    with own_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def shop(stack: Stack, server: OwnServer) -> Iterator[ShopSource]:
    source = ShopSource(stack, NAME, server=server.url)
    source.create(is_simulated=False)
    source.execute(supplier(1), supplier(2))
    assert land(source) == {}
    yield source
    source.drop()


def _goes_on_after_a_snapshot(shop: ShopSource, number: int) -> None:
    landed = bronze(shop)
    snapshot(shop)
    assert land(shop) == {}
    shop.execute(supplier(number))
    assert land(shop) == {}
    assert_landed_once(shop)
    # What was landed before the gap stays.
    assert all(bronze(shop)[key] == etag for key, etag in landed.items() if key.endswith(".jsonl"))


def test_a_slot_whose_log_was_removed_is_refused_until_a_snapshot(shop: ShopSource) -> None:
    shop.execute(supplier(3), "delete from shop.suppliers where supplier_id = 1")
    for _ in range(8):
        shop.execute("create table shop.other as select generate_series(1, 20000)", "drop table shop.other")
    shop.execute("checkpoint", "checkpoint")
    landed = bronze(shop)
    problem = land(shop)[TODAY]
    assert f"slot {NAME} is lost (wal_removed)" in problem
    assert SNAPSHOT in problem
    assert "max_slot_wal_keep_size" in problem
    assert bronze(shop) == landed
    _goes_on_after_a_snapshot(shop, 4)


def test_another_cluster_is_refused_until_a_snapshot(stack: Stack, shop: ShopSource) -> None:
    other = ShopSource(stack, NAME)
    # It also empties the lake, which then knows no slot.
    other.create(is_simulated=False)
    shop.execute(f"select pg_drop_replication_slot('{NAME}')")
    try:
        assert land(shop) == {}
        landed = bronze(shop)
        problem = land(other)[TODAY]
        assert "Another database cluster answers" in problem
        assert SNAPSHOT in problem
        assert "SHOPFLOW_OLTP_URL" in problem
        assert bronze(shop) == landed
        _goes_on_after_a_snapshot(other, 4)
        assert "Another database cluster answers" in land(shop)[TODAY]
    finally:
        other.drop()


def test_a_server_that_was_set_back_is_refused_until_a_snapshot(shop: ShopSource, server: OwnServer) -> None:
    shop.execute(supplier(3))
    with server.set_back_afterwards():
        shop.execute(supplier(4))
        assert land(shop) == {}
    landed = bronze(shop)
    problem = land(shop)[TODAY]
    assert "the server was set back to an older state" in problem
    assert SNAPSHOT in problem
    assert bronze(shop) == landed
    _goes_on_after_a_snapshot(shop, 5)


def test_a_crash_of_the_server_lands_nothing_twice(shop: ShopSource, server: OwnServer) -> None:
    shop.execute(supplier(3), "checkpoint", supplier(4))
    assert land(shop) == {}
    server.stop(signal.SIGQUIT)
    problem = land(shop)[TODAY]
    assert "The shop's database cannot be reached" in problem
    assert "SHOPFLOW_OLTP_URL" in problem
    server.start()
    shop.execute(supplier(5))
    assert news(shop, TODAY) == {TODAY: {"suppliers"}}
    assert land(shop) == {}
    assert_landed_once(shop)
    assert landed_suppliers(shop) == [*"12345"]


def _crash_while_it_reads(
    monkeypatch: pytest.MonkeyPatch, server: OwnServer, reader: str, call: int = 1, items: int = 0
) -> None:
    """Crash the server when a call of a generator function has given so many items; at its end without."""
    read, calls = resolve_name(reader), count(1)

    def crashing(*arguments: Any) -> Iterator[Any]:
        is_this_call = next(calls) == call
        for number, item in enumerate(read(*arguments), 1):
            yield item
            if is_this_call and number == items:
                server.stop(signal.SIGQUIT)
        if is_this_call and not items:
            server.stop(signal.SIGQUIT)

    monkeypatch.setattr(reader, crashing)


@pytest.mark.parametrize("items", [1, 0], ids=["after its first message", "after its last message"])
def test_a_crash_while_the_stream_is_read_loses_nothing_and_lands_nothing_twice(
    shop: ShopSource, server: OwnServer, monkeypatch: pytest.MonkeyPatch, items: int
) -> None:
    # More than the client fetches at a time.
    many = "insert into shop.suppliers select n, 'x', 'DE' from generate_series(3, 5000) n"
    shop.execute(many, supplier(0))
    with monkeypatch.context() as patch:
        _crash_while_it_reads(patch, server, f"{STREAM}.slot.peek", items=items)
        assert "The shop's database cannot be reached" in land(shop)[TODAY]
    assert len(landed_suppliers(shop)) == (2 if items else 5001)
    server.start()
    assert land(shop) == {}
    assert_landed_once(shop)


def test_a_crash_in_the_middle_of_a_snapshot_lands_nothing_of_it(
    shop: ShopSource, server: OwnServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _crash_while_it_reads(patch, server, f"{STREAM}.snapshot.copied_rows", call=2)
        with pytest.raises(SourceError, match="The shop's database cannot be reached"):
            snapshot(shop)
    assert landed_suppliers(shop) == [*"12"]
    server.start()
    shop.execute(supplier(3), "delete from shop.suppliers where supplier_id = 1")
    # The slot before it is gone.
    assert SNAPSHOT in land(shop)[TODAY]
    _goes_on_after_a_snapshot(shop, 4)


def test_a_prepared_transaction_that_keeps_a_slot_from_beginning_is_named(
    shop: ShopSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_slot, "SECONDS_TO_WAIT", 0.3)
    shop.execute(f"begin; {supplier(3)}; prepare transaction 'left'")
    try:
        with pytest.raises(SourceError, match="prepared 'left', role postgres, since 20"):
            snapshot(shop)
    finally:
        shop.execute("rollback prepared 'left'")
    # The slot before it is gone.
    assert SNAPSHOT in land(shop)[TODAY]
    _goes_on_after_a_snapshot(shop, 4)


def test_a_transaction_is_landed_when_it_is_committed_however_long_it_was_open(shop: ShopSource) -> None:
    with shop.connect() as long:
        long.execute("begin")
        long.execute("update shop.suppliers set name = 'late' where supplier_id = 1")
        shop.execute(
            "begin; update shop.suppliers set name = 'later' where supplier_id = 2; prepare transaction 'p'"
        )
        shop.execute(supplier(3))
        assert land(shop) == {}
        assert landed_suppliers(shop) == [*"123"]
        shop.execute(supplier(4))
        long.execute("commit")
        shop.execute("commit prepared 'p'")
    assert land(shop) == {}
    assert [line.get("name") for line in shop.lines("suppliers")][-2:] == ["late", "later"]
    assert_landed_once(shop)
