"""The weekly job deletes objects of a database that no manifest lists, when they are old, and no others."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pyspark.sql import SparkSession

from shopflow_assets.sources.database.landed.landed_day import DatabaseDays
from shopflow_assets.sources.database.landed.landed_table import TableOfDatabase
from shopflow_assets.sources.database.landed.unlisted import delete_unlisted
from shopflow_assets.sources.store import ObjectStore
from spark_jobs.judging.judged_days import judge_days
from spark_jobs.manifest import day_prefix
from tests.harness.stack import Stack
from tests.spark.shop.bronze.landed_notes import NOTES, LandedNotes

DAY, WITHOUT_MANIFEST = date(2026, 2, 1), date(2026, 2, 2)
OBJECT = "bronze/{}/year=2026/month=02/day=01/{}"


@pytest.fixture
def lake(notes: LandedNotes) -> ObjectStore:
    """The bucket with the owner's rights: Dagster may delete objects of declared domains only."""
    settings = notes.lakehouse.stack.settings
    owner = {
        "dagster_s3_access_key": settings.minio_root_user,
        "dagster_s3_secret_key": settings.minio_root_password.get_secret_value(),
    }
    pipeline = notes.lakehouse.pipeline
    return ObjectStore(type(pipeline).model_validate(pipeline.model_dump() | owner), "datalake")


def _silver(spark: SparkSession, notes: LandedNotes) -> list[Any]:
    """The rows that silver of the day is to have."""
    manifest = TableOfDatabase(NOTES, notes.lake, days=DatabaseDays("memos", notes.lake)).manifest(DAY)
    assert manifest is not None
    judged = judge_days(spark, NOTES, {DAY: manifest}, notes.lakehouse.pipeline.limits)
    assert judged.manifests.keys() == {DAY}
    assert judged.accepted is not None
    return sorted(map(tuple, NOTES.rows(judged.accepted).collect()))


def test_old_unlisted_objects_are_deleted_and_silver_is_the_same(
    notes: LandedNotes, lake: ObjectStore, spark: SparkSession
) -> None:
    notes.land(DAY, ("1", "first", None))
    landed = notes.land(DAY, ("2", "second", "text"))
    [listed] = landed.files["notes"]
    notes.put(DAY, "0001-0-orphan.jsonl", b"{}\n")
    notes.put(DAY, "notes.txt", b"a person's")
    notes.put(WITHOUT_MANIFEST, "0001-0-orphan.jsonl", b"{}\n")
    before, silver = set(notes.lakehouse.keys("datalake", "bronze/memos/")), _silver(spark, notes)
    now = datetime.now(UTC)
    [(stored, left)] = delete_unlisted(lake, [NOTES], now - timedelta(hours=1)).values()
    assert stored == left
    assert set(notes.lakehouse.keys("datalake", "bronze/memos/")) == before
    delete_unlisted(lake, [NOTES], now + timedelta(hours=1))
    [kept, text] = notes.lakehouse.keys("datalake", day_prefix("memos/notes", DAY))
    assert kept.endswith(listed.name)
    assert text.endswith("notes.txt")
    assert not list(notes.lakehouse.keys("datalake", day_prefix("memos/notes", WITHOUT_MANIFEST)))
    assert len(silver) == 2
    assert _silver(spark, notes) == silver


def test_dagster_may_delete_lines_of_the_database(stack: Stack) -> None:
    # There is no such object; MinIO says first whether it may be deleted.
    stack.s3("dagster").delete_object(Bucket="datalake", Key=OBJECT.format("shop/orders", "0001-0-0.jsonl"))


@pytest.mark.parametrize(("folder", "name"), [("shop/landings", "manifest.json"), ("ecommerce", "a.jsonl")])
def test_dagster_may_delete_no_manifest_and_nothing_that_arrived_as_a_file(
    stack: Stack, folder: str, name: str
) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        stack.s3("dagster").delete_object(Bucket="datalake", Key=OBJECT.format(folder, name))
