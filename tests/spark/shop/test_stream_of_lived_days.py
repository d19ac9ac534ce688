"""What readers of the change stream and of `updated_at` get from lived days."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from shop_simulator.shop.living import live
from shop_simulator.shop.opening import open_shop
from shop_simulator.shop.plan.ticks import ticks
from shop_simulator.world import OPENING
from tests.spark.shop.simulated_shop import WORLD, SimulatedShop

SLOT = "pg_create_logical_replication_slot('lived', 'pgoutput', true)"
CHANGES = """
    select xid::text::bigint, data from pg_logical_slot_get_binary_changes(
        'lived', null, null, 'proto_version', '1', 'publication_names', 'lived', 'messages', 'true'
    )
"""


@pytest.fixture(scope="module")
def transactions(new_shop: Callable[[], SimulatedShop]) -> list[list[bytes]]:
    """The messages of pgoutput for one lived day, by transaction, without begin and commit."""
    shop = new_shop()
    with shop.connection() as connection:
        open_shop(connection, WORLD, shop.truth_dir)
        connection.execute("create publication lived for tables in schema shop")
        connection.execute(f"select {SLOT}".encode())
        live(connection, WORLD, OPENING, shop.truth_dir)
        messages: dict[int, list[bytes]] = {}
        for xid, data in connection.execute(CHANGES):
            messages.setdefault(xid, []).append(data)
    return [data[1:-1] for data in messages.values()]


def test_a_transaction_tells_its_instant_before_it_changes_anything(transactions: list[list[bytes]]) -> None:
    told = []
    for messages in transactions:
        kinds = [message[:1] for message in messages]
        assert kinds[0] == b"M"
        assert b"M" not in kinds[1:]
        # A message: its kind, one byte of flags, a position of 8 bytes, the prefix, the length, the content.
        prefix, content = messages[0][10:].split(b"\0", 1)
        assert prefix == b"shopflow.at"
        told.append(datetime.fromisoformat(content[4:].decode()))
    assert [instant.utcoffset() for instant in told] == [timedelta()] * len(told)
    instants = [instant.replace(tzinfo=None) for instant in told]
    assert instants == sorted(set(instants))
    assert set(instants) <= set(ticks(OPENING))
    assert len(instants) > 50


def test_all_rows_of_a_transaction_carry_the_instant_that_it_tells(transactions: list[list[bytes]]) -> None:
    changes = 0
    for messages in transactions:
        instant = messages[0].rpartition(b"\0")[2][-32:-6].replace(b"T", b" ")
        rows = [message for message in messages if message[:1] in b"IU"]
        assert all(instant in row for row in rows)
        changes += len(rows)
    assert changes > 200


def test_days_are_told_before_and_after_they_are_lived(new_shop: Callable[[], SimulatedShop]) -> None:
    shop = new_shop()
    said: list[str] = []

    def before(day: date) -> None:
        [(clock,)] = shop.rows("select instant from simulator.clock")
        assert clock < datetime.combine(day, datetime.min.time())
        said.append(f"before {day}")

    shop.live(2, before_day=before, on_day=lambda figures: said.append(f"after {figures['date']}"))
    assert said == ["before 2026-01-01", "after 2026-01-01", "before 2026-01-02", "after 2026-01-02"]


def test_on_request_a_few_changes_forget_their_time(new_shop: Callable[[], SimulatedShop]) -> None:
    shop = new_shop()
    shop.live(2, forget_updated_at=True)
    lines = (shop.truth_dir / "shop" / f"{OPENING}.versions.jsonl").read_text().splitlines()
    rows = [version for version in map(json.loads, lines) if version["row"]]
    forgetful = [version for version in rows if version["at"] != version["row"]["updated_at"]]
    assert forgetful
    assert {(version["table"], version["op"]) for version in forgetful} == {("customers", "u")}
    assert all(version["row"]["updated_at"] < str(OPENING) for version in forgetful)


@pytest.mark.parametrize("reader", ["shop_stream", "shop_watermark"])
def test_readers_of_the_shop_see_its_clock(new_shop: Callable[[], SimulatedShop], reader: str) -> None:
    shop = new_shop()
    shop.live(0)
    assert shop.rows(f"select has_schema_privilege('{reader}', 'simulator', 'usage')") == [(True,)]
    assert shop.rows(f"select has_table_privilege('{reader}', 'simulator.clock', 'select')") == [(True,)]
    assert shop.rows(f"select has_table_privilege('{reader}', 'simulator.planned', 'select')") == [(False,)]
