"""A planted defect makes each blocking check fail. Then the run fails, and gold is unchanged."""

from collections.abc import Iterator
from datetime import date

import pytest

from spark_jobs.contracts.table import table_of
from tests.harness.automation import run_assets
from tests.platform.deliveries.carrier import BRONZE, SILVER, Calendar, Carrier, as_csv, parcels
from tests.platform.post_domain.spark_jobs.contracts.post.parcels import Parcels

TABLE = table_of(Parcels).in_sql
# Each defect is on a day of its own, and only its own check finds it.
PLANTED = {
    "contract": f"update {TABLE} set state = 'somewhere' where {{parcel}}",
    # This parcel costs nothing, so reconciliation does not find it.
    "row_ledger": f"delete from {TABLE} where {{parcel}}",
    "reconciliation": f"update {TABLE} set postage = postage + .01 where {{parcel}}",
}


@pytest.fixture
def days(carried_days: list[date]) -> list[date]:
    """As many days as there are defects."""
    return carried_days


@pytest.fixture
def spoiled(carrier: Carrier, days: list[date]) -> Iterator[Carrier]:
    """A defect on each day."""
    with carrier.spoiled_and_put_back():
        for day, defect in zip(days, PLANTED.values(), strict=True):
            parcel = f"partition_date = date '{day}' and parcel_id = 'P-{day}-03'"
            carrier.spark(defect.format(parcel=parcel))
        yield carrier


def test_each_check_finds_the_defect_of_its_own_day_and_gold_is_not_run(
    spoiled: Carrier, days: list[date]
) -> None:
    before = spoiled.hashes()
    checks = [(SILVER, name) for name in PLANTED]
    report = run_assets(spoiled.stack, days[0], days[-1], assets=spoiled.gold_assets(), checks=checks)
    assert report.status == "FAILURE"
    found = {(check.check, check.day) for check in report.checks.values() if not check.passed}
    assert found == {(name, f"{day}") for name, day in zip(PLANTED, days, strict=True)}
    assert len(report.checks) == len(PLANTED) * len(days)
    assert report.days == {}
    assert spoiled.hashes() == before


def test_without_a_defect_the_same_run_succeeds(carrier: Carrier, days: list[date]) -> None:
    checks = [(SILVER, name) for name in PLANTED]
    report = run_assets(carrier.stack, days[0], days[-1], assets=carrier.gold_assets(), checks=checks)
    assert report.status == "SUCCESS"
    assert all(check.passed for check in report.checks.values())
    assert report.days


def test_a_refused_file_and_a_missing_delivery_are_named_until_the_one_is_taken_away(
    carrier: Carrier, calendar: Calendar
) -> None:
    refused, missing = calendar.take(2)
    before = carrier.hashes()
    carrier.deliver(refused, "parcels.csv", as_csv(parcels(refused)))
    carrier.deliver(refused, "more.csv", "who,knows\n1,2\n")
    failed = carrier.attempt_backfill(refused, missing)
    assert failed.returncode == 1
    said, source = failed.stdout + failed.stderr, f"s3://inbox/post/parcels/{refused}/more.csv"
    assert f"{refused}: bronze/post/parcels: landed: {source} refused: expected a header" in said
    assert f"{missing}: bronze/post/parcels: landed: nothing in inbox/post/parcels/{missing}/" in said
    assert [key for key in carrier.keys("datalake", "bronze/post/") if "_refused/more-" in key]
    assert carrier.hashes() == before

    carrier.s3.delete_object(Bucket="inbox", Key=f"post/parcels/{refused}/more.csv")
    assert run_assets(carrier.stack, refused, assets=[BRONZE]).status == "SUCCESS"
    assert [file.source for file in carrier.manifest(refused).refused] == [source]
    carrier.forget(refused)


def test_a_part_of_gold_is_tested_by_what_looks_at_that_part_alone(
    carrier: Carrier, days: list[date]
) -> None:
    part = ("gold", "post", "parcels")
    report = run_assets(carrier.stack, days[0], assets=[BRONZE, SILVER, part], checks=None)
    assert report.status == "SUCCESS"
    tests = {name for _, name, _ in report.checks}
    assert "parcels_key_is_unique" in tests
    # This test compares parcels with senders, which the run did not build.
    assert "senders_pay_all_postage" not in tests
