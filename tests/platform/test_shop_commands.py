"""`simulate --land-each-day` lands the shop while it lives; `snapshot` is the way back after a lost slot."""

from datetime import timedelta

import polars as pl
import pytest

from shopflow_assets.domains.shop import DOMAIN
from spark_jobs.contracts.versions import own_key
from tests.harness.lakehouse import Lakehouse, days
from tests.harness.shop_source import ShopSource
from tests.harness.stack import Stack

# After those of the road, and before all others.
LAST = days(12)[-1]
BEFORE = LAST - timedelta(days=1)
SIMULATE = ("simulate", f"{BEFORE}", f"{LAST}", "--only", "shop", "--shop-orders", "20", "--land-each-day")
BACKFILL = ("backfill", f"{LAST}", f"{LAST}", "--domain", "shop")


@pytest.fixture(scope="module")
def shop(stack: Stack) -> ShopSource:
    """The stack's own shop. It is neither made nor dropped here."""
    source = ShopSource(stack, "shop")
    said = stack.shopflow(*SIMULATE)
    assert f"to {LAST}; the true numbers are in" in said or f"it has lived {LAST} already" in said
    return source


def test_each_day_is_landed_before_the_next_is_lived(shop: ShopSource) -> None:
    at = {
        landed.partition_date: {file.landed_at for files in landed.files.values() for file in files}
        for landed in shop.days()
    }
    assert max(at[BEFORE]) < min(at[LAST])
    for table in shop.tables:
        assert shop.current(table) == shop.source(table), table


def test_a_snapshot_is_the_way_back_after_a_lost_slot(stack: Stack, shop: ShopSource) -> None:
    before, slot = [*shop.days()], stack.settings.oltp_slot
    shop.execute(
        f"select pg_drop_replication_slot('{slot}')",
        "delete from shop.shipment_lines where shipment_id = (select min(shipment_id) from shop.shipments)",
        "update shop.suppliers set name = 'Renamed' where supplier_id = 1",
    )
    refused = stack.attempt(*BACKFILL)
    assert refused.returncode == 1
    said = refused.stdout + refused.stderr
    assert f"{LAST}: bronze/shop/" in said
    assert f"The replication slot {slot} is gone" in said
    assert "`shopflow snapshot --domain shop` lands the present rows" in said
    assert [*shop.days()] == before

    said = stack.shopflow("snapshot", "--domain", "shop")
    rows = sum(len(shop.source(table)) for table in shop.tables)
    assert f"{rows:,} rows are landed on {LAST}, as epoch {before[-1].epoch + 1}." in said
    assert f"Next: shopflow {' '.join(BACKFILL)}" in said
    assert [*shop.days()][:-1] == before[:-1]
    for table in shop.tables:
        assert shop.current(table) == shop.source(table), table

    stack.shopflow(*BACKFILL)
    for table in DOMAIN.tables:
        newest = Lakehouse(stack).silver(table.contract).filter(pl.col("partition_date") == LAST)
        end = newest.filter(pl.col("_op") == "t")["_pos"].max()
        last = newest.filter(pl.col("_pos") > end).sort("_pos").unique(own_key(table), keep="last")
        living = last.filter(pl.col("_op") != "d")
        assert living.height == len(shop.source(table.rules.table)), table.name


def test_a_domain_without_a_database_has_no_snapshot(stack: Stack) -> None:
    done = stack.attempt("snapshot", "--domain", "ecommerce")
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no domain 'ecommerce' whose source is a database; there are: shop." in done.stderr
