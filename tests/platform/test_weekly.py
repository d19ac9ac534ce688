"""The weekly job compacts small files and deletes files that nothing needs; no row changes."""

from datetime import date

import pytest

from shopflow_assets.gold import iceberg
from spark_jobs.contracts.table import table_of
from spark_jobs.maintenance import tidy
from spark_jobs.session import connect
from tests.harness.automation import run_assets, run_job
from tests.harness.lakehouse import Lakehouse
from tests.platform.deliveries.carrier import SILVER, Carrier
from tests.platform.post_domain.spark_jobs.contracts.post.parcels import Parcels

SILVER_FILES = "silver/post/parcels/partition_date="
SILVER_CHECKS = ("contract", "row_ledger", "quarantined_share", "reconciliation")
# What the weekly job does for this domain, and for the tables of all domains.
OPS = ("test_post_gold", "tidy_post_gold", "tidy_post_silver", "tidy_quality_tables")
DELETED = 'select count(*) as n from gold.post."parcels$files" where content <> 0'


@pytest.fixture(scope="module")
def carried(carrier: Carrier, carried_days: list[date]) -> Carrier:
    """The carrier, with rows of parcels changed, so that there is something to compact."""
    carrier.sql("update gold.post.parcels set sender = sender")
    return carrier


def test_a_table_has_two_manifests_however_often_it_was_merged(carried: Carrier) -> None:
    [manifests] = carried.sql('select count(*) as n from gold.post."parcels$manifests"')
    # One of data and one of deletes. Trino opens them all to plan a query.
    assert manifests["n"] == 2


def test_the_weekly_job_names_every_failed_test_and_table_and_does_the_others(carried: Carrier) -> None:
    before = carried.hashes()
    assert carried.sql(DELETED)[0]["n"] > 0
    [oldest] = carried.sql("select min_by(parcel_id, source_partition_date) as id from gold.post.parcels")
    # No run reads this row, so only a test of the whole table can find it.
    price = "update gold.post.parcels set postage = postage {} 1000 where parcel_id = '{}'"
    carried.sql(price.format("+", oldest["id"]))
    carried.sql("alter table gold.post.scans rename to scans_elsewhere")
    try:
        status, failed, sizes = run_job(carried.stack, "shopflow_weekly", OPS)
        assert carried.sql(DELETED)[0]["n"] == 0
    finally:
        carried.sql("alter table gold.post.scans_elsewhere rename to scans")
        carried.sql(price.format("-", oldest["id"]))
    assert status == "FAILURE"
    assert set(failed) == {"test_post_gold", "tidy_post_gold"}
    assert "parcels_postage_is_below_a_thousand: Got 1 result" in failed["test_post_gold"]
    assert "Maintenance failed for 1 tables" in failed["tidy_post_gold"]
    assert "gold/post/scans: " in failed["tidy_post_gold"]
    assert "gold/post/scans" not in sizes
    assert {"gold/post/parcels", "gold/post/senders", "silver/quality/row_ledger"} < set(sizes)
    assert all(size["files_after"] <= size["files_before"] for size in sizes.values())
    compacted = sizes["gold/post/parcels"]
    assert compacted["files_after"] < compacted["files_before"]
    assert carried.hashes() == before


def test_the_weekly_job_succeeds_when_all_is_well_and_the_checks_find_nothing_afterwards(
    carried: Carrier, carried_days: list[date]
) -> None:
    shop = Lakehouse(carried.stack)
    before, before_of_shop = carried.hashes(), shop.hashes()
    status, failed, sizes = run_job(carried.stack, "shopflow_weekly")
    assert (status, failed) == ("SUCCESS", {})
    assert {"silver/post/parcels", "gold/post/parcels", "gold/post/scans", "bronze/shop/orders"} < set(sizes)
    assert carried.hashes() == before
    assert shop.hashes() == before_of_shop
    checks = [(SILVER, name) for name in SILVER_CHECKS]
    report = run_assets(carried.stack, carried_days[1], checks=checks)
    assert (report.status, report.errors) == ("SUCCESS", [])
    assert len(report.checks) == len(checks)


def test_files_that_a_running_backfill_may_need_cannot_be_deleted(carried: Carrier) -> None:
    session = connect(carried.pipeline.spark_remote)
    try:
        with pytest.raises(Exception, match="at least 168 hours"):
            tidy(session, table_of(Parcels), 167)
    finally:
        session.stop()
    hasty = carried.pipeline.model_copy(update={"retention_hours": 167})
    with pytest.raises(Exception, match="shorter than the minimum retention"):
        iceberg.tidy(hasty, 'gold.post."parcels"')


def test_a_file_that_left_a_table_a_moment_ago_stays_for_those_who_read_it(carried: Carrier) -> None:
    carried.spark(f"update {table_of(Parcels).in_sql} set source_file = source_file")
    before = set(carried.keys("datalake", SILVER_FILES))
    session = connect(carried.pipeline.spark_remote)
    try:
        _, after = tidy(session, table_of(Parcels), 168)
    finally:
        session.stop()
    assert before <= set(carried.keys("datalake", SILVER_FILES))
    assert after["files"] < len(before)


def test_what_no_version_needs_is_deleted_after_its_time_and_nothing_else(carried: Carrier) -> None:
    before, silver, gold = carried.hashes(), table_of(Parcels).in_sql, "gold.post.parcels"
    # The weekly job's statements, but without retention. Engines refuse that unless a session allows it.
    carried.spark(
        f"update {silver} set source_file = source_file",
        "set spark.databricks.delta.retentionDurationCheck.enabled = false",
        f"vacuum {silver} retain 0 hours",
    )
    carried.sql(f"update {gold} set sender = sender", f"alter table {gold} execute optimize")
    for procedure in ("expire_snapshots", "remove_orphan_files"):
        carried.sql(
            f"set session gold.{procedure}_min_retention = '0s'",
            f"alter table {gold} execute {procedure}(retention_threshold => '0s')",
        )
    stored = carried.keys("datalake", SILVER_FILES)
    assert {f"s3://datalake/{key}" for key in stored} == set(carried.delta(Parcels).file_uris())
    needed = [row["file_path"] for row in carried.sql('select file_path from gold.post."parcels$files"')]
    folder = needed[0].removeprefix("s3://warehouse/").rpartition("/data/")[0]
    stored = carried.keys("warehouse", f"{folder}/data/")
    assert {f"s3://warehouse/{key}" for key in stored} == set(needed)
    assert carried.hashes() == before
