"""Landings that the source, the role, the settings, the day or another landing forbid are refused by name."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from os import dup
from socket import (
    IPPROTO_TCP,
    SO_KEEPALIVE,
    SOL_SOCKET,
    TCP_KEEPCNT,
    TCP_KEEPIDLE,
    TCP_KEEPINTVL,
    TCP_USER_TIMEOUT,
    socket,
)

import pytest
from psycopg.conninfo import make_conninfo

from shopflow_assets.sources.database.server.connection import connect
from tests.harness.shop_source import ShopSource
from tests.spark.shop.landing.compared import assert_landed_once, bronze
from tests.spark.shop.landing.faults import FAULTS, Fault
from tests.spark.shop.landing.pipeline import (
    FIRST,
    LEAVE_OUT,
    TODAY,
    changed_days,
    environment,
    land,
    news,
    snapshot,
)

NAME = "shop_landing"
SECOND = FIRST + timedelta(days=1)
SNAPSHOT = f"`shopflow snapshot --domain {NAME}`"
SUPPLIER = "insert into shop.suppliers values (4, 'Dot', 'DE')"


@contextmanager
def _role(source: ShopSource, rights: str) -> Generator[str]:
    """The address of the database for a role that may read what the shop's readers may."""
    # The server's rules let it into the database of its name.
    source.execute(
        f"drop role if exists {NAME}",
        f"create role {NAME} login password 'secret' {rights} in role shop_stream",
    )
    try:
        yield make_conninfo(source.url, user=NAME, password="secret")
    finally:
        source.execute(f"drop owned by {NAME}", f"drop role {NAME}")


def test_the_documented_rights_are_enough(unlanded: ShopSource) -> None:
    with _role(unlanded, "replication") as url:
        assert land(unlanded, SHOPFLOW_OLTP_URL=url) == {}
        unlanded.execute(SUPPLIER)
        assert news(unlanded, TODAY, SHOPFLOW_OLTP_URL=url) == {TODAY: {"suppliers"}}
        assert land(unlanded, SHOPFLOW_OLTP_URL=url) == {}
    assert_landed_once(unlanded)


def test_the_right_to_select_is_enough_for_windows(unlanded: ShopSource) -> None:
    unlanded.mode = "watermark"
    with _role(unlanded, "") as url:
        assert land(unlanded, SHOPFLOW_OLTP_URL=url, SHOPFLOW_START_DATE=f"{TODAY}") == {}
        unlanded.execute(SUPPLIER)
        assert news(unlanded, TODAY, SHOPFLOW_OLTP_URL=url) == {TODAY: {"suppliers"}}
        assert land(unlanded, SHOPFLOW_OLTP_URL=url) == {}
    assert_landed_once(unlanded)


@pytest.mark.parametrize(
    ("rights", "takes", "says"),
    [
        (
            "replication",
            "revoke select on shop.suppliers from shop_stream",
            "shop.suppliers.supplier_id: expected the right to select it, found none",
        ),
        ("", "select 1", "Only roles with the REPLICATION attribute may start a WAL sender process"),
        (
            "replication",
            "alter table shop.suppliers enable row level security;"
            " create policy germans on shop.suppliers to shop_stream using (country = 'DE')",
            'query would be affected by row-level security policy for table "suppliers"',
        ),
    ],
    ids=["a table", "replication", "all rows"],
)
def test_a_missing_right_is_named(unlanded: ShopSource, rights: str, takes: str, says: str) -> None:
    unlanded.execute(takes)
    with _role(unlanded, rights) as url:
        problem = land(unlanded, SHOPFLOW_OLTP_URL=url)[TODAY]
    assert says in problem
    refused = "The database refuses the role" in problem and "docs/own_database.md" in problem
    assert refused or "spark_jobs/contracts" in problem
    assert bronze(unlanded) == {}
    assert land(unlanded) == {}
    assert_landed_once(unlanded)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ({"password": "wrong"}, "password authentication failed for user"),
        ({"port": "9"}, "Connection refused"),
        ({"dbname": "nowhere"}, 'database "nowhere" does not exist'),
    ],
    ids=["wrong password", "server down", "no such database"],
)
def test_a_server_that_does_not_let_in_is_named(shop: ShopSource, url: dict[str, str], says: str) -> None:
    shop.execute(SUPPLIER)
    landed = bronze(shop)
    problem = land(shop, SHOPFLOW_OLTP_URL=make_conninfo(shop.url, **url))[TODAY]
    assert "The shop's database cannot be reached" in problem
    assert says in problem
    assert "See SHOPFLOW_OLTP_URL and `shopflow status`" in problem
    assert bronze(shop) == landed
    assert land(shop) == {}
    assert_landed_once(shop)


def test_a_server_that_vanishes_amid_a_landing_is_noticed_within_about_a_minute(shop: ShopSource) -> None:
    with environment(shop), connect() as sql, socket(fileno=dup(sql.fileno())) as link:
        assert link.getsockopt(SOL_SOCKET, SO_KEEPALIVE)
        names = (TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT)
        idle, interval, count = (link.getsockopt(IPPROTO_TCP, name) for name in names)
        assert idle + interval * count <= 60
        assert 0 < link.getsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT) <= 60_000


def test_another_mode_is_refused_until_a_snapshot_and_so_is_the_way_back(shop: ShopSource) -> None:
    for mode, before in (("watermark", "stream"), ("stream", "watermark")):
        landed = bronze(shop)
        shop.mode = mode
        problem = land(shop)[TODAY]
        assert f"landed with SHOPFLOW_OLTP_MODE={before}, and now it is {mode}. Set the mode back" in problem
        assert SNAPSHOT in problem
        assert (f"pg_drop_replication_slot('{NAME}')" in problem) == (before == "stream")
        assert bronze(shop) == landed
        assert news(shop, TODAY) == {TODAY: {*shop.tables}}
        shop.execute(
            "delete from shop.suppliers where supplier_id = (select max(supplier_id) from shop.suppliers)"
        )
        snapshot(shop)
        shop.execute(f"insert into shop.suppliers values ({len(landed)}, 'x', 'DE')")
        assert land(shop) == {}
        assert_landed_once(shop)
    assert {line["_pos"].partition("/")[0] for line in shop.lines("suppliers") if line["_pos"]} == {
        "0001",
        "0002",
        "0003",
    }


def test_a_day_that_the_landing_began_after_or_that_has_not_begun_is_named(shop: ShopSource) -> None:
    before, after = TODAY - timedelta(days=3), TODAY + timedelta(days=1)
    problems = land(shop, before, TODAY, after)
    assert problems == {
        before: f"the shop is landed from a later day on, so {before} has nothing: {LEAVE_OUT}",
        after: f"{after} has not begun (UTC): run it when it has; or {LEAVE_OUT}",
    }
    assert changed_days(shop) == set()


def parts_in_order(text: str, parts: tuple[str, ...]) -> list[str]:
    """Those of the parts that a text has, in its order."""
    return sorted((part for part in parts if part in text), key=text.index)


@pytest.mark.parametrize("fault", [pytest.param(fault, id=name) for name, fault in FAULTS.items()])
def test_a_source_that_would_lose_changes_is_refused_until_it_is_mended(
    shop: ShopSource, fault: Fault
) -> None:
    landed = bronze(shop)
    shop.execute(
        "delete from shop.customers where customer_id = 2",
        "insert into shop.suppliers values (4, 'Dot', 'DE')",
    )
    shop.execute(*fault.breaks)

    problem = land(shop)[TODAY]
    assert parts_in_order(problem, fault.says) == list(fault.says), problem
    assert bronze(shop) == landed
    assert news(shop, TODAY) == {TODAY: {*shop.tables}}

    shop.execute(*fault.mends)
    if fault.still_says:
        problem = land(shop)[TODAY]
        assert parts_in_order(problem, fault.still_says) == list(fault.still_says), problem
        snapshot(shop)
    shop.execute("insert into shop.suppliers values (5, 'Elk', 'DE')")
    assert land(shop) == {}
    assert land(shop) == {}
    assert_landed_once(shop)
    assert not changed_days(shop)
