"""What the change stream lands of changes that a simulated shop does not make."""

import json

import polars as pl
import pytest

from shopflow_assets.sources.database.landed.position import lsn, position
from spark_jobs.contracts.contract import column
from spark_jobs.silver_table import SilverTable
from tests.harness.shop_source import Line, ShopSource
from tests.harness.shop_tables import tables_of
from tests.spark.shop.landing import pipeline
from tests.spark.shop.landing.compared import assert_landed_once
from tests.spark.shop.landing.pipeline import TODAY, changed_days, land, landings, news, snapshot

# It does not become short when it is compressed.
WIDE = "(select string_agg(md5(n::text), 'ä') from generate_series(1, 400) n)"


def _landed(shop: ShopSource, table: str) -> list[Line]:
    """What was landed after the snapshot."""
    return [line for line in shop.lines(table) if line["_op"] != "r"][1:]


def test_rows_of_a_snapshot_come_before_the_first_change(shop: ShopSource) -> None:
    [landed] = shop.days()
    after = position(1, lsn(landed.through), 0)
    truncate, *rows = shop.lines("suppliers")
    assert truncate["_op"] == "t"
    assert str(truncate["_pos"]) < min(str(row["_pos"]) for row in rows)
    assert max(str(row["_pos"]) for row in rows) < after


def test_odd_values_are_landed_as_postgres_writes_them(shop: ShopSource) -> None:
    order = "'web', 1, 'card', 0, 0.10, 0, 'EUR'"
    shop.execute(
        "alter table shop.orders drop constraint orders_amount_check",
        "set session_replication_role = replica; insert into shop.orders values"
        f" (2, 9, 'infinity', 'paid', 'NaN', {order}, '-infinity'),"
        f" (3, -1, '294276-12-31 23:59:59.999999', 'paid', -0.01, {order}, now()),"
        f" (4, 0, '0001-01-01 BC', 'paid', 9999999999.99, {order}, '0001-01-01')",
        r"insert into shop.suppliers values (4, E'\u0001\u007f\u0085\u2028\n\r\t\"\\\u202e\ufeff𝄞', ''),"
        r" (5, E'\\N', 'null')",
    )
    assert land(shop) == {}
    assert_landed_once(shop)
    assert {line["supplier_id"]: line["name"] for line in _landed(shop, "suppliers")} == {
        "4": '\x01\x7f\x85\u2028\n\r\t"\\\u202e\ufeff𝄞',
        "5": "\\N",
    }
    # The same by a snapshot, which reads with COPY.
    snapshot(shop)
    assert_landed_once(shop)


def test_a_truncate_empties_all_tables_that_depend_on_it(shop: ShopSource) -> None:
    shop.execute(
        "begin; insert into shop.suppliers values (4, 'Dot', 'DE'); truncate shop.customers cascade;"
        " insert into shop.customers values (7, 'Di', null, null, null, now()); commit"
    )
    assert land(shop) == {}
    assert [line["_op"] for line in _landed(shop, "customers")] == ["t", "c"]
    assert [line["_op"] for line in _landed(shop, "order_items")] == ["t"]
    assert_landed_once(shop)


def test_a_changed_key_is_a_delete_and_an_insert(shop: ShopSource) -> None:
    shop.execute("update shop.suppliers set supplier_id = supplier_id + 10 where supplier_id > 1")
    assert land(shop) == {}
    lines = [(line["_op"], line["supplier_id"], line.get("_old_key")) for line in _landed(shop, "suppliers")]
    assert lines == [
        ("d", "2", json.dumps({"supplier_id": "2"})),
        ("c", "12", json.dumps({"supplier_id": "2"})),
        ("d", "3", json.dumps({"supplier_id": "3"})),
        ("c", "13", json.dumps({"supplier_id": "3"})),
    ]
    assert_landed_once(shop)


@pytest.mark.parametrize("identity", ["default", "full"])
def test_a_wide_value_that_an_update_leaves_is_named_or_sent(shop: ShopSource, identity: str) -> None:
    shop.execute(
        f"alter table shop.suppliers replica identity {identity}",
        f"update shop.suppliers set name = {WIDE} where supplier_id = 2",
        "update shop.suppliers set country = 'AT' where supplier_id = 2",
        "update shop.suppliers set supplier_id = 12 where supplier_id = 2",
    )
    assert land(shop) == {}
    unchanged = "name" if identity == "default" else None
    lines = _landed(shop, "suppliers")
    assert [line["_op"] for line in lines] == ["u", "u", "d", "c"]
    assert [line.get("_unchanged") for line in lines] == [None, unchanged, None, unchanged]
    assert_landed_once(shop)


def test_tables_of_another_schema_are_left_alone(shop: ShopSource) -> None:
    shop.execute(
        "create schema other",
        "create table other.suppliers (like shop.suppliers including all)",
        "create table shop.notes (id int primary key)",
        "alter publication shopflow add table other.suppliers, shop.notes",
        "insert into other.suppliers values (9, 'Not', 'XX')",
        "insert into shop.notes values (1)",
    )
    assert news(shop, TODAY) == {}
    assert changed_days(shop) == set()
    assert land(shop) == {}
    assert _landed(shop, "suppliers") == []


def test_a_column_that_is_added_amid_changes_is_landed_and_reported(shop: ShopSource) -> None:
    shop.execute(
        "insert into shop.suppliers values (4, 'Dot', 'DE')",
        "alter table shop.suppliers add rating int default 3",
        "update shop.suppliers set rating = 5 where supplier_id = 1",
        "insert into shop.suppliers (supplier_id, name, country) values (5, 'Elk', 'DE')",
    )
    verdicts = {
        table.rules.table: landing.verdicts["columns"]
        for table, landing in landings(shop, TODAY)[TODAY].items()
    }
    assert {name for name, verdict in verdicts.items() if not verdict.passed} == {"suppliers"}
    assert verdicts["suppliers"].is_warning
    assert "rating (integer)" in verdicts["suppliers"].description
    assert "`shopflow snapshot --domain shop_landing`" in verdicts["suppliers"].description
    ratings = {line["supplier_id"]: line.get("rating") for line in _landed(shop, "suppliers")}
    assert ratings == {"4": None, "1": "5", "5": "3"}


def test_a_column_that_no_contract_knows_may_go(shop: ShopSource) -> None:
    shop.execute(
        "alter table shop.suppliers add rating int",
        "insert into shop.suppliers values (4, 'Dot', 'DE', now(), 2)",
        "alter table shop.suppliers drop rating",
        "delete from shop.suppliers where supplier_id = 2",
        "insert into shop.suppliers values (5, 'Elk', 'DE')",
    )
    assert land(shop) == {}
    [*_, file] = next(iter(shop.days())).files["suppliers"]
    assert file.columns == ("supplier_id", "name", "country", "updated_at", "rating")
    assert [line.get("rating") for line in _landed(shop, "suppliers")] == ["2", None, None]


def _with_phone(table: SilverTable) -> SilverTable:
    if table.rules.table != "suppliers":
        return table
    names = {"__annotations__": {"phone": pl.String}, "phone": column("Phone"), "__doc__": "A supplier."}
    return SilverTable(type("Suppliers", (table.contract,), names | {"Config": table.contract.Config}))


def test_changes_from_before_the_contract_had_a_column_are_refused_until_a_snapshot(
    shop: ShopSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.execute(
        "insert into shop.suppliers values (4, 'Dot', 'DE')", "alter table shop.suppliers add phone text"
    )
    tables = tuple(map(_with_phone, tables_of(shop.name)))
    monkeypatch.setattr(pipeline, "tables_of", lambda _: tables)
    problem = land(shop)[TODAY]
    assert "shop.suppliers: the stream has changes without phone" in problem
    assert f"`shopflow snapshot --domain {shop.name}`" in problem
    snapshot(shop)
    assert land(shop) == {}
    assert_landed_once(shop)
