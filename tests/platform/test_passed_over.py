"""Days without news are skipped. A changed model or contract, a lost table or a failed run is news.

Days of which nothing has arrived are left out when asked for.
"""

import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from spark_jobs.contracts.table import table_of
from tests.harness.automation import run_assets
from tests.platform.deliveries.carrier import Calendar, Carrier
from tests.platform.deliveries.redelivered import LENIENT

GOLD = "dbt_gold/models/post/scans.sql"
CONTRACT = "spark_jobs/contracts/post/scans.py"


@pytest.fixture(scope="module")
def day(carrier: Carrier, calendar: Calendar) -> date:
    [day] = calendar.take(1)
    carrier.carry(day)
    return day


def planned(carrier: Carrier, day: date) -> str:
    """What `backfill --dry-run` says about the day."""
    said = carrier.stack.shopflow(*carrier.backfill_command(day), "--dry-run")
    [line] = [line.strip() for line in said.splitlines() if line.strip().startswith(f"{day}:")]
    return line.removeprefix(f"{day}: ")


@contextmanager
def changed(file: Path, addition: str) -> Generator[None]:
    """During the block a file of the stack's code has one more line at its end."""
    before = file.read_bytes()
    file.write_bytes(before + addition.encode())
    try:
        yield
    finally:
        file.write_bytes(before)


def test_a_changed_model_is_built_from_silver_as_it_is(carrier: Carrier, day: date) -> None:
    stack = carrier.stack
    assert planned(carrier, day) == "nothing new, skipped"
    with changed(stack.checkout / GOLD, "-- Said more.\n"):
        stack.shopflow("up")
        assert planned(carrier, day) == "build gold: models or limits changed"
        said = stack.shopflow(*carrier.backfill_command(day))
        assert "gold/post/parcels: 1 day" in said
        assert "nothing new for: silver/post/parcels, silver/post/scans" in said
        assert planned(carrier, day) == "nothing new, skipped"
    stack.shopflow("up")


def test_a_changed_contract_makes_its_table_anew_and_what_lies_below(carrier: Carrier, day: date) -> None:
    stack = carrier.stack
    carrier.backfill(day)
    with changed(stack.checkout / CONTRACT, "\nSAID = 'more'\n"):
        stack.shopflow("up")
        assert planned(carrier, day) == "make silver scans; build gold: silver changes"
        said = stack.shopflow(*carrier.backfill_command(day))
        assert "silver/post/scans: 1 day" in said
        assert "gold/post/scans: 1 day" in said
        assert "silver/post/parcels: 1 day" not in said
        assert "gold/post/parcels: 1 day" not in said
    stack.shopflow("up")
    carrier.backfill(day)
    assert carrier.gold() == carrier.expected()


def test_a_table_that_is_dropped_and_made_again_is_filled_again(carrier: Carrier, day: date) -> None:
    stack = carrier.stack
    landed = carrier.landed_days(carrier)
    assert planned(carrier, day) == "nothing new, skipped"
    carrier.sql("drop table gold.post.scans")
    stack.shopflow("up")
    assert planned(carrier, day) == "build gold: a table was created again and is empty: backfill the day"
    # Without files, days that must never come to gold are held back and not landed.
    carrier.empty_inbox()
    # Other tests accepted days with many refused records. These days are made and judged again here.
    stack.attempt(*carrier.backfill_command(landed[0], landed[-1]), *LENIENT)
    assert carrier.gold() == carrier.expected()


def test_a_run_that_misses_a_table_fails_and_says_what_to_do(carrier: Carrier, day: date) -> None:
    carrier.sql("alter table gold.post.scans rename to scans_elsewhere")
    failed = carrier.stack.attempt(*carrier.backfill_command(day), "--force")
    carrier.sql("alter table gold.post.scans_elsewhere rename to scans")
    assert "is not there: `shopflow up` makes it, then backfill all days" in failed.stdout + failed.stderr


def test_gold_runs_again_after_a_run_that_failed(carrier: Carrier, day: date) -> None:
    stack = carrier.stack
    where = f"partition_date = date '{day}' and parcel_id = 'P-{day}-05'"
    with carrier.spoiled_and_put_back():
        carrier.spark(f"update {table_of(carrier.contract).in_sql} set postage = 1000 where {where}")
        report = run_assets(stack, day, assets=carrier.gold_assets(), checks=None, is_forced=True)
        assert report.status == "FAILURE"
    assert re.fullmatch("build gold: run [0-9a-f]{8} failed in gold", planned(carrier, day))
    carrier.backfill(day)
    assert planned(carrier, day) == "nothing new, skipped"
    assert carrier.gold() == carrier.expected()


def test_days_without_a_delivery_are_left_out_and_named(carrier: Carrier, calendar: Calendar) -> None:
    first, missing, last = calendar.take(3)
    carrier.deliver_days(first, last)
    command = carrier.backfill_command(first, last)
    foretold = carrier.stack.shopflow(*command, "--skip-missing", "--dry-run")
    assert f"{missing}: nothing has arrived; left out" in foretold
    carried = carrier.stack.shopflow(*command, "--skip-missing")
    assert f"post: nothing has arrived for 1 of 3 days, which are left out: {missing}" in carried
    published = carrier.sql(
        "select partition_date, is_complete from gold.quality.published_days"
        f" where domain = 'post' and partition_date between date '{first}' and date '{last}' order by 1"
    )
    assert published == [{"partition_date": day, "is_complete": True} for day in (first, last)]
    assert carrier.gold() == carrier.expected()
    assert "Nothing to do" in carrier.stack.shopflow(*command, "--skip-missing")
    assert f"{missing}: nothing has arrived; a run would hold" in carrier.stack.shopflow(
        *command, "--dry-run"
    )


def test_a_day_that_has_arrived_for_one_table_alone_is_not_left_out(
    carrier: Carrier, calendar: Calendar
) -> None:
    first, halved = calendar.take(2)
    carrier.deliver_days(first, halved)
    for key in carrier.keys("inbox", f"{carrier.scans.rules.feed_folder}/{halved}/"):
        carrier.s3.delete_object(Bucket="inbox", Key=key)
    failed = carrier.stack.attempt(*carrier.backfill_command(first, halved), "--skip-missing")
    assert failed.returncode == 1
    assert f"nothing in inbox/{carrier.scans.rules.feed_folder}/{halved}/" in failed.stdout
    carrier.carry(halved)
    assert carrier.gold() == carrier.expected()
