"""What an operator leans on: days that start when they arrive, warnings about them, and the weekly job."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from shopflow_assets.gold import iceberg
from spark_jobs.contracts.contract import names, source_columns
from spark_jobs.contracts.ecommerce import OrderLines
from spark_jobs.delta_tables import location
from spark_jobs.maintenance import tidy
from spark_jobs.session import connect
from tests.harness.automation import run_assets, run_job, runs_of, sensor, ticks
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack, eventually

# The Mondays of June 2026, for the warnings; the sensor's days are others.
MONDAYS = [date(2026, 6, 1) + timedelta(weeks=n) for n in range(5)]
ONE, TWO = date(2026, 6, 2), date(2026, 6, 3)
BRONZE, SILVER = ("bronze", "ecommerce", "order_lines"), ("silver", "ecommerce", "order_lines")
SILVER_FILES = "silver/ecommerce/order_lines/partition_date="
SILVER_CHECKS = ("contract", "row_ledger", "quarantined_share", "reconciliation")


@pytest.fixture(scope="module")
def lakehouse(stack: Stack) -> Lakehouse:
    lakehouse = Lakehouse(stack)
    lakehouse.empty()
    return lakehouse


@pytest.fixture(scope="module")
def arrived(lakehouse: Lakehouse) -> Lakehouse:
    """Two days that the sensor carried, of which the second was delivered again."""
    stack = lakehouse.stack
    lakehouse.deliver(date(2025, 12, 31), "orders.csv", "too early")
    lakehouse.s3.put_object(Bucket="inbox", Key="ecommerce/latest/orders.csv", Body=b"nowhere")
    lakehouse.simulate(ONE, TWO)
    with sensor(stack, "ecommerce_arrival") as watched:

        def looked() -> None:
            assert [tick["status"] for tick in ticks(stack, watched)[:1]] == ["SKIPPED"]

        eventually(looked, seconds=60)
        why = ticks(stack, watched)[0]["skipReason"]
        assert "2025-12-31/: before the first partition 2026-01-01" in why
        assert "latest/: no folder of a day, expected YYYY-MM-DD/" in why
        assert f"{ONE}/: still arriving, waits for a _SUCCESS" in why
        for day in (ONE, TWO):
            lakehouse.deliver(day, "_SUCCESS", b"")
        assert runs_of(stack, watched, 1) == [(f"{ONE}", f"{TWO}", "SUCCESS")]
        lines = lakehouse.delivered(TWO, "orders.jsonl").splitlines(keepends=True)
        lakehouse.deliver(TWO, "orders.jsonl", "".join(lines[:-5]))
        lakehouse.deliver(TWO, "_SUCCESS", b"")
        assert runs_of(stack, watched, 2) == [
            (f"{ONE}", f"{TWO}", "SUCCESS"),
            (f"{TWO}", f"{TWO}", "SUCCESS"),
        ]
    return lakehouse


def test_days_are_carried_to_gold_when_they_arrive_and_again_when_delivered_again(arrived: Lakehouse) -> None:
    found = arrived.sql("select distinct source_partition_date as day from gold.ecommerce.order_items")
    assert {row["day"] for row in found} == {ONE, TWO}
    records = sum(arrived.truth(day)["records"] for day in (ONE, TWO))
    assert sum(arrived.manifest(day).records for day in (ONE, TWO)) == records - 5


def test_a_simulated_day_is_noted_as_such_in_its_manifest(arrived: Lakehouse) -> None:
    assert arrived.manifest(ONE).is_simulated
    assert arrived.manifest(ONE).hours_late > 24


def test_days_that_a_bad_one_held_up_come_to_gold_when_it_is_delivered_again(arrived: Lakehouse) -> None:
    first, bad, last = (date(2026, 6, day) for day in (10, 11, 12))
    arrived.simulate(first, last)
    good = arrived.delivered(bad, "orders.csv")
    arrived.deliver(bad, "orders.csv", "who,knows\n1,2\n")
    for day in (first, bad, last):
        arrived.deliver(day, "_SUCCESS", b"")
    with sensor(arrived.stack, "ecommerce_arrival") as watched:
        failed = (f"{first}", f"{last}", "FAILURE")
        assert runs_of(arrived.stack, watched, 1) == [failed]
        arrived.deliver(bad, "orders.csv", good)
        arrived.deliver(bad, "_SUCCESS", b"")
        assert runs_of(arrived.stack, watched, 2) == [failed, (f"{first}", f"{last}", "SUCCESS")]


@pytest.fixture(scope="module")
def mondays(lakehouse: Lakehouse) -> Lakehouse:
    """Five Mondays of a real feed: the last is small, and late."""
    header = names(source_columns(OrderLines))
    empty_line = "," * (len(header) - 1) + "\n"
    for day, lines, hours in zip(MONDAYS, (100, 110, 100, 90, 20), (1, 2, 1, 2, 30), strict=True):
        lakehouse.deliver(day, "orders.csv", ",".join(header) + "\n" + empty_line * lines)
        after = datetime.combine(day + timedelta(days=1), time(), UTC) + timedelta(hours=hours)
        assert lakehouse.feed.land(day, after)
    return lakehouse


@pytest.mark.parametrize(("day", "passed"), [(MONDAYS[3], True), (MONDAYS[4], False)])
def test_a_late_and_small_day_warns_and_blocks_nothing(mondays: Lakehouse, day: date, passed: bool) -> None:
    checks = [(BRONZE, "freshness"), (BRONZE, "volume")]
    report = run_assets(mondays.stack, day, checks=checks)
    assert report.status == "SUCCESS"
    assert {(c.check, c.passed, c.day) for c in report.checks.values()} == {
        ("freshness", passed, f"{day}"),
        ("volume", passed, f"{day}"),
    }
    if not passed:
        said = {c.check: c.why for c in report.warnings}
        assert "landed 30.0 hours after the end of the day (UTC), the limit is 6" in said["freshness"]
        assert "20 records, the same weekdays before had about 100" in said["volume"]


def test_delta_keeps_statistics_of_the_key_and_of_what_is_not_text(arrived: Lakehouse) -> None:
    entries = arrived.delta(OrderLines).get_add_actions(flatten=True)
    known = {name.removeprefix("min.") for name in entries.column_names}
    assert {"order_id", "product_id", "order_date", "registration_date", "quantity", "price"} < known
    assert not known & {"customer_id", "email", "address", "product_name", "order_status", "source_file"}


def test_a_table_has_two_manifests_however_often_it_was_merged(arrived: Lakehouse) -> None:
    [found] = arrived.sql('select count(*) as n from gold.ecommerce."order_items$manifests"')
    # One of data and one of deletes: what every query opens to be planned.
    assert found["n"] == 2


def test_the_weekly_job_compacts_every_table_and_changes_no_row(arrived: Lakehouse) -> None:
    before = arrived.hashes()
    deleted = 'select count(*) as n from gold.ecommerce."order_items$files" where content <> 0'
    assert arrived.sql(deleted)[0]["n"] > 0
    status, failed, sizes = run_job(arrived.stack, "shopflow_weekly")
    assert (status, failed) == ("SUCCESS", {})
    assert {"silver/ecommerce/order_lines", "gold/ecommerce/order_items"} < set(sizes)
    assert all(size["files_after"] <= size["files_before"] for size in sizes.values())
    assert (
        sizes["gold/ecommerce/order_items"]["files_after"]
        < sizes["gold/ecommerce/order_items"]["files_before"]
    )
    assert arrived.sql(deleted)[0]["n"] == 0
    assert arrived.hashes() == before
    checks = [(SILVER, name) for name in SILVER_CHECKS]
    checks += [(("gold", "ecommerce", table), "reconciliation") for table in ("orders", "order_items")]
    report = run_assets(arrived.stack, TWO, checks=checks)
    assert (report.status, report.errors) == ("SUCCESS", [])
    assert len(report.checks) == len(checks)


def test_the_weekly_job_names_every_failed_test_and_table_and_does_the_others(arrived: Lakehouse) -> None:
    cent = "set total_amount = total_amount {} decimal '0.01' where order_id = '{}'"
    [row] = arrived.sql("select min(order_id) as id from gold.ecommerce.orders")
    # No run looks at this row: only a test of the whole table can find it.
    arrived.sql("update gold.ecommerce.orders " + cent.format("+", row["id"]))
    arrived.sql("alter table gold.ecommerce.products rename to products_elsewhere")
    try:
        status, failed, sizes = run_job(arrived.stack, "shopflow_weekly")
    finally:
        arrived.sql("alter table gold.ecommerce.products_elsewhere rename to products")
        arrived.sql("update gold.ecommerce.orders " + cent.format("-", row["id"]))
    assert status == "FAILURE"
    assert set(failed) == {"test_whole_gold_tables", "tidy_gold_tables"}
    assert "orders_total_is_sum_of_lines: Got 1 result" in failed["test_whole_gold_tables"]
    assert "Maintenance failed for 1 tables" in failed["tidy_gold_tables"]
    assert "gold/ecommerce/products: " in failed["tidy_gold_tables"]
    assert "gold/ecommerce/products" not in sizes
    assert {"gold/ecommerce/orders", "gold/ecommerce/customers", "silver/quality/row_ledger"} < set(sizes)


def test_files_that_a_running_backfill_may_need_cannot_be_deleted(lakehouse: Lakehouse) -> None:
    session = connect(lakehouse.pipeline.spark_remote)
    try:
        with pytest.raises(Exception, match="at least 168 hours"):
            tidy(session, OrderLines, 167)
    finally:
        session.stop()
    hasty = lakehouse.pipeline.model_copy(update={"retention_hours": 167})
    with pytest.raises(Exception, match="shorter than the minimum retention"):
        iceberg.tidy(hasty, 'gold.ecommerce."orders"')


def test_a_file_that_left_a_table_a_moment_ago_stays_for_those_who_read_it(arrived: Lakehouse) -> None:
    arrived.spark(f"update delta.`{location(OrderLines)}` set source_file = source_file")
    before = set(arrived.keys("datalake", SILVER_FILES))
    session = connect(arrived.pipeline.spark_remote)
    try:
        _, after = tidy(session, OrderLines, 168)
    finally:
        session.stop()
    assert before <= set(arrived.keys("datalake", SILVER_FILES))
    assert after["files"] < len(before)


def test_what_no_version_needs_is_deleted_after_its_time_and_nothing_else(arrived: Lakehouse) -> None:
    before, silver, gold = arrived.hashes(), f"delta.`{location(OrderLines)}`", "gold.ecommerce.orders"
    # The weekly job's statements, with no retention: engines refuse that unless a session allows it.
    arrived.spark(
        f"update {silver} set source_file = source_file",
        "set spark.databricks.delta.retentionDurationCheck.enabled = false",
        f"vacuum {silver} retain 0 hours",
    )
    arrived.sql(f"update {gold} set order_id = order_id", f"alter table {gold} execute optimize")
    for procedure in ("expire_snapshots", "remove_orphan_files"):
        arrived.sql(
            f"set session gold.{procedure}_min_retention = '0s'",
            f"alter table {gold} execute {procedure}(retention_threshold => '0s')",
        )
    stored = arrived.keys("datalake", SILVER_FILES)
    assert {f"s3://datalake/{key}" for key in stored} == set(arrived.delta(OrderLines).file_uris())
    needed = [row["file_path"] for row in arrived.sql('select file_path from gold.ecommerce."orders$files"')]
    folder = needed[0].removeprefix("s3://warehouse/").rpartition("/data/")[0]
    stored = arrived.keys("warehouse", f"{folder}/data/")
    assert {f"s3://warehouse/{key}" for key in stored} == set(needed)
    assert arrived.hashes() == before
