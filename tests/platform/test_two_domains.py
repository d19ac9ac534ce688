"""Domains in one stack: none waits for another, and a bad day stops nothing of another domain."""

from datetime import date

import pytest

from shopflow_cli.runs.dagster_api import ENDED, Webserver
from spark_jobs.contracts.shop.orders import Orders
from tests.harness.automation import run_schedule
from tests.harness.lakehouse import Lakehouse
from tests.harness.lakehouse import days as first_days
from tests.harness.shop_source import ShopSource
from tests.harness.stack import eventually
from tests.platform.deliveries.carrier import Calendar, Carrier, spoiled
from tests.platform.test_one_writer import gold_waits, launch

# So many that no day has more defects than the limit allows: the simulator plants some of each kind.
ORDERS = "400"


@pytest.fixture(scope="module")
def shop(carrier: Carrier) -> Lakehouse:
    return Lakehouse(carrier.stack)


@pytest.fixture(scope="module")
def days(calendar: Calendar) -> list[date]:
    return calendar.take(3)


def published(lakehouse: Lakehouse, days: list[date]) -> dict[date, bool]:
    """By day, whether it is complete in gold."""
    rows = lakehouse.sql(
        "select partition_date, is_complete from gold.quality.published_days"
        f" where domain = '{lakehouse.rules.domain}'"
        f" and partition_date between date '{days[0]}' and date '{days[-1]}'"
    )
    return {row["partition_date"]: row["is_complete"] for row in rows}


def test_a_red_day_of_one_domain_holds_back_neither_its_other_days_nor_the_other_domain(
    carrier: Carrier, shop: Lakehouse, days: list[date]
) -> None:
    red = days[1]
    carrier.deliver_days(*days)
    carrier.deliver(red, "broken.jsonl", spoiled(red))
    shop.simulate(days[0], days[-1], ORDERS)
    # The shop's database has not lived these days.
    done = carrier.stack.attempt("backfill", f"{days[0]}", f"{days[-1]}", "--skip-missing")
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert f"{red}: silver/post/parcels: quarantined_share: 10 of 26 records" in said
    assert "1 of the run's 3 days held back" in said
    assert published(carrier, days) == {day: day != red for day in days}
    assert published(shop, days) == dict.fromkeys(days, True)
    # Gold has no record of the red day.
    in_gold = carrier.sql("select distinct source_partition_date as day from gold.post.parcels")
    assert {row["day"] for row in in_gold}.intersection(days) == {day for day in days if day != red}

    carrier.s3.delete_object(Bucket="inbox", Key=f"post/parcels/{red}/broken.jsonl")
    # The broken file stays in bronze, so this run has to accept it.
    carrier.backfill(red, red, "--max-quarantined-share", "0.5")
    assert published(carrier, days) == dict.fromkeys(days, True)
    assert carrier.gold() == carrier.expected()


def test_one_domain_does_not_wait_for_the_other(carrier: Carrier, shop: Lakehouse, days: list[date]) -> None:
    webserver = Webserver(carrier.stack.settings)
    with gold_waits(carrier.stack):
        waiting = launch(carrier.stack, days[0], days[0])
        shop.backfill(days[0], days[0], "--force")
        assert webserver.events(waiting, None)[0] not in ENDED

    def ended() -> None:
        assert webserver.events(waiting, None)[0] == "SUCCESS"

    eventually(ended, seconds=180)


def test_a_day_with_nothing_new_is_passed_over_and_said(
    carrier: Carrier, shop: Lakehouse, days: list[date]
) -> None:
    said = carrier.stack.shopflow(*carrier.backfill_command(days[0], days[-1]))
    assert "Nothing to do" in said
    planned = carrier.stack.shopflow(*carrier.backfill_command(days[0], days[-1]), "--dry-run")
    assert planned.count("nothing new, skipped") == len(days)
    carrier.deliver_days(days[2], leave_out=1)
    planned = carrier.stack.shopflow(*carrier.backfill_command(days[0], days[-1]), "--dry-run")
    assert (
        f"{days[2]}: land parcels, scans; make silver parcels, scans; build gold: silver changes" in planned
    )
    carrier.backfill(days[0], days[-1])
    assert carrier.gold() == carrier.expected()


def test_a_scheduled_day_that_is_red_for_one_domain_is_carried_for_the_other(shop: Lakehouse) -> None:
    # The two days after those of the tests of the shop's commands. On each, the other domain has nothing.
    # Those before need not be in gold, although orders of them change on the day.
    *_, of_shop, of_marketplace = first_days(14)
    stack, domains = shop.stack, ("ecommerce", "shop")
    stack.shopflow("simulate", f"{of_shop}", f"{of_shop}", "--only", "shop", "--shop-orders", "20")
    shop.simulate(of_marketplace, of_marketplace, ORDERS)
    ended = {day: run_schedule(stack, "shopflow_daily", day, domains) for day in (of_shop, of_marketplace)}
    assert ended == {of_shop: ["FAILURE", "SUCCESS"], of_marketplace: ["SUCCESS", "FAILURE"]}
    for lakehouse, day in ((shop, of_marketplace), (Lakehouse(stack, Orders), of_shop)):
        of_domain = published(lakehouse, [of_shop, of_marketplace])
        assert of_domain == {other: other == day for other in (of_shop, of_marketplace)}

    orders = "select count(*) as orders, sum(amount) as amount from"
    of_day = f"cast(order_ts as date) = date '{of_shop}'"
    [in_shop] = ShopSource(stack, "shop").execute(f"{orders} shop.orders where {of_day}")
    [in_gold] = shop.sql(f"{orders} gold.shop.fact_orders where {of_day}")
    assert in_shop == tuple(in_gold.values())
    assert in_gold["orders"]
