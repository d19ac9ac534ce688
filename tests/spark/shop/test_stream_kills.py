"""The change stream is landed once, whatever happens to the process that lands it, or to MinIO."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest

from local_stack.services.health import trouble
from local_stack.services.supervision import Supervisor
from shop_simulator.shop.living import live
from shop_simulator.shop.opening import open_shop
from shop_simulator.world import World
from tests.harness.shop_source import ShopSource
from tests.harness.stack import Stack, eventually

# MinIO is stopped and started.
pytestmark = pytest.mark.kills

WORLD = World(7, 15)
FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(3)]
SECOND = "shop_kills_twin"
SMALL = "40"
AWAY = "away"
# Landings that are killed, or during which MinIO stops. Together they pass every step, in the snapshot and in
# the stream.
IN_SNAPSHOT = (
    "note:before:1",
    "note:after:1",
    "put:before:1",
    "put:after:5",
    f"put:after:7:{AWAY}",
    "commit:before:1",
    "commit:after:1",
)
IN_STREAM = (
    "read:before:30",
    "put:before:2",
    f"put:before:4:{AWAY}",
    "put:after:3",
    "commit:before:1",
    f"commit:before:2:{AWAY}",
    "commit:after:1",
    "advance:before:1",
    "advance:after:1",
    "read:before:300",
    "put:after:9",
    "commit:before:3",
    "advance:before:2",
)


def _awkward(shop: psycopg.Connection) -> None:
    """Changes that a simulator does not make: a changed key, a truncate, a wide text, a long transaction."""
    oldest = "customer_id = (select min(customer_id) from shop.customers)"
    wide = "'" + "ä𝄞 " * 4_000 + "'"
    for statement in (
        "insert into shop.suppliers values (900, 'a', 'DE'), (901, 'b', 'DE')",
        "update shop.suppliers set supplier_id = 902 where supplier_id = 901",
        "truncate shop.shipment_lines",
        f"update shop.customers set city = {wide} where {oldest}",
        f"update shop.customers set region = 'x' where {oldest}",
        "insert into shop.addresses select g, 's', 'c', null, '', 'DE' from generate_series(7000, 7300) g",
        "begin; delete from shop.suppliers where supplier_id = 900; rollback",
    ):
        shop.execute(statement.encode())


def _start_minio(stack: Stack) -> None:
    def answers() -> None:
        assert trouble("minio", stack.settings) is None

    Supervisor(stack.home).start_service("minio")
    eventually(answers, every=0.1)


def _interrupt(source: ShopSource, step: str, *days: date) -> None:
    """Land until a step at which the landing is killed, or MinIO is stopped. Afterwards it is back."""
    try:
        done = source.attempt("land", *days, step, SMALL, AWS_MAX_ATTEMPTS="1")
    finally:
        if step.endswith(AWAY):
            _start_minio(source.stack)
    if step.endswith(AWAY):
        # It is the day's problem; if the manifests cannot be read either, the landing ends with it.
        assert "MinIO does not answer. Is the stack up? See `shopflow status`." in done.stdout + done.stderr
    else:
        assert done.returncode == -9, step


@pytest.fixture(scope="module")
def landed(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopSource]:
    """Three lived days, landed by landings that were interrupted at every step."""
    truth = tmp_path_factory.mktemp("truth")
    source = ShopSource(stack, "shop_kills")
    source.create()
    try:
        with source.connect() as shop:
            open_shop(shop, WORLD, truth)
            for step in IN_SNAPSHOT:
                _interrupt(source, step, FIRST)
            assert source.land(FIRST, also=(SMALL,)) == {}
            shop.execute("select pg_create_logical_replication_slot(%s, 'pgoutput')", [SECOND])
            for day in DAYS:
                live(shop, WORLD, day, Path(truth))
            _awkward(shop)
            for step in IN_STREAM:
                _interrupt(source, step, *DAYS)
        assert source.land(*DAYS, also=(SMALL,)) == {}
        yield source
    finally:
        source.drop()


def _sent_to_twin(source: ShopSource) -> Counter[tuple[str, str]]:
    """What a slot shows that nobody has read: how many changes of each kind and table."""
    tables, counts = {}, Counter()
    kinds = {b"I": "c", b"U": "u", b"D": "d"}
    with source.connect() as shop:
        rows = shop.execute(
            "select data from pg_logical_slot_peek_binary_changes(%s, null, null, 'proto_version', '1',"
            " 'publication_names', 'shopflow')",
            [SECOND],
            binary=True,
        )
        for (data,) in rows:
            oid = int.from_bytes(data[1:5], "big")
            if data[:1] == b"R":
                tables[oid] = data[5:].split(b"\0")[1].decode()
            elif data[:1] == b"U" and data[5:6] == b"K":
                # A changed key is one update, and two lines.
                counts[tables[oid], "d"] += 1
                counts[tables[oid], "c"] += 1
            elif data[:1] in kinds:
                counts[tables[oid], kinds[data[:1]]] += 1
            elif data[:1] == b"T":
                counts[tables[int.from_bytes(data[6:10], "big")], "t"] += 1
    return counts


def test_every_change_is_landed_once(landed: ShopSource) -> None:
    expected = _sent_to_twin(landed)
    assert expected["suppliers", "d"] == 1
    found = Counter((table, line["_op"]) for table in landed.tables for line in landed.lines(table))
    at_start = {key: n for key, n in found.items() if key[1] == "r"}
    assert sum(at_start.values()) > 100
    for table in landed.tables:
        # The snapshot begins with a truncate.
        expected[table, "t"] += 1
    assert {key: n for key, n in found.items() if key[1] != "r"} == +expected


def test_the_landed_changes_make_the_source(landed: ShopSource) -> None:
    for table in landed.tables:
        assert landed.current(table) == landed.source(table), table


def test_each_line_has_a_position_of_its_own(landed: ShopSource) -> None:
    for table in landed.tables:
        positions = [line["_pos"] for line in landed.lines(table)]
        assert len(set(positions)) == len(positions), table


def test_no_card_leaves_the_server(landed: ShopSource) -> None:
    numbers = landed.execute("select card_number from shop.payments where card_number is not null")
    assert len(numbers) > 10
    text = "".join(map(str, landed.lines("payments")))
    assert not [number for (number,) in numbers if number in text]
    assert "card_cvc" not in text


def test_the_manifests_count_what_the_objects_hold(landed: ShopSource) -> None:
    for day in landed.days():
        for table, files in day.files.items():
            assert sum(file.records for file in files) == len(landed.lines(table, day.partition_date))
