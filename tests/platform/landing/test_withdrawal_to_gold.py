"""`shopflow withdraw` takes a file out of silver and gold; and what becomes of an object that bronze lost."""

from datetime import date

import pytest

from tests.harness.automation import run_assets
from tests.platform.deliveries.carrier import SILVER, Calendar, Carrier, as_csv, parcel, parcels


@pytest.fixture(scope="module")
def day(carrier: Carrier, calendar: Calendar) -> date:
    """A carried day whose parcels came in two files, `parcels.csv` and `more.csv`."""
    [day] = calendar.take(1)
    carrier.deliver(day, "more.csv", as_csv([parcel(day, 50)]))
    carrier.carry(day)
    return day


def _take_away(carrier: Carrier, day: date, *names: str) -> None:
    for name in names:
        carrier.s3.delete_object(Bucket="inbox", Key=f"post/parcels/{day}/{name}")


def _in_gold(carrier: Carrier, day: date) -> set[str]:
    """The parcels that were posted on the day."""
    ids = f"select parcel_id from gold.post.parcels where parcel_id like 'P-{day}-%'"
    return {row["parcel_id"] for row in carrier.sql(ids)}


def test_an_object_that_bronze_lost_is_named_and_put_back_from_the_inbox(carrier: Carrier, day: date) -> None:
    manifest, more = carrier.manifest(day), carrier.delivered(day, "more.csv")
    [lost] = [file.name for file in manifest.files if file.source.endswith("more.csv")]
    key = f"{manifest.prefix}{lost}"
    carrier.s3.delete_object(Bucket="datalake", Key=key)
    named = f"s3://datalake/{key} is gone, though the manifest lists it"

    of_silver = run_assets(carrier.stack, day, assets=[SILVER], checks=None, is_forced=True)
    assert of_silver.status == "FAILURE"
    assert any(named in error for error in of_silver.failed_steps.values())

    _take_away(carrier, day, "more.csv")
    failed = carrier.attempt_backfill(day)
    assert failed.returncode == 1
    assert named in failed.stdout + failed.stderr
    assert "java" not in (failed.stdout + failed.stderr).lower()

    carrier.deliver(day, "more.csv", more)
    carrier.backfill(day)
    assert list(carrier.keys("datalake", key)) == [key]
    assert carrier.manifest(day) == manifest
    assert carrier.gold() == carrier.expected()


def test_a_withdrawn_file_is_out_of_gold_after_the_next_backfill(carrier: Carrier, day: date) -> None:
    everything = {row["parcel_id"] for row in parcels(day) if f"P-{day}" in row["parcel_id"]}
    last = f"P-{day}-50"
    assert _in_gold(carrier, day) == everything | {last}
    source = f"s3://inbox/post/parcels/{day}/more.csv"

    refused = carrier.stack.attempt("withdraw", f"{day}", "more.csv")
    assert refused.returncode == 1
    assert f"{source} is still in the inbox" in refused.stderr

    _take_away(carrier, day, "more.csv")
    lines = carrier.stack.shopflow("withdraw", f"{day}").splitlines()
    [line] = [line for line in lines if "more.csv" in line]
    assert line.strip().endswith("no")
    unknown = carrier.stack.attempt("withdraw", f"{day}", "less.csv", "--domain", "post")
    assert f"No file less.csv is landed on {day}" in unknown.stderr
    assert source in unknown.stderr

    said = carrier.stack.shopflow("withdraw", f"{day}", "more.csv", "--domain", "post")
    assert f"shopflow backfill {day} {day} --domain post" in said
    carrier.backfill(day)
    assert _in_gold(carrier, day) == everything
    assert carrier.gold() == carrier.expected()


def test_a_day_whose_last_file_is_withdrawn_is_empty_and_complete(carrier: Carrier, day: date) -> None:
    _take_away(carrier, day, "parcels.csv")
    assert "It was the last file of post.parcels" in carrier.stack.shopflow(
        "withdraw", f"{day}", "parcels.csv"
    )
    carrier.backfill(day)
    assert _in_gold(carrier, day) == set()
    assert carrier.gold() == carrier.expected()
    assert "Nothing to do" in carrier.stack.shopflow(*carrier.backfill_command(day))
