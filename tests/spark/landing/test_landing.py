"""Bronze is what arrived: nothing is changed or lost, and only the manifest says what is there."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import pytest

from shopflow_assets.errors import StoreError
from shopflow_assets.sources.files.landing import Feed
from shopflow_assets.sources.store import ObjectStore, StoredObject
from tests.harness.lakehouse import Lakehouse
from tests.spark.landing.deliveries import FIRST, LATER, fresh_day, land, names


def test_bytes_are_stored_as_received_under_the_name_of_their_content(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    manifest = land(feed, day)
    for file in manifest.files:
        body = lakehouse.s3.get_object(Bucket="datalake", Key=manifest.prefix + file.name)["Body"].read()
        assert hashlib.sha256(body).hexdigest() == file.sha256
        assert file.sha256[:12] in file.name
        assert body.decode() == lakehouse.delivered(day, file.source.rsplit("/", 1)[-1])


def test_landing_the_same_bytes_again_changes_nothing(lakehouse: Lakehouse, feed: Feed, day: date) -> None:
    first = land(feed, day)
    before = set(lakehouse.keys("datalake", first.prefix))
    assert land(feed, day, LATER).to_bytes() == first.to_bytes()
    assert set(lakehouse.keys("datalake", first.prefix)) == before


def test_a_file_delivered_again_replaces_the_older_one_whose_bytes_stay(
    lakehouse: Lakehouse, feed: Feed, day: date
) -> None:
    first = land(feed, day)
    text = lakehouse.delivered(day, "orders.jsonl")
    lakehouse.deliver(day, "orders.jsonl", text + "\n" + text.splitlines()[0])
    second = land(feed, day, LATER)
    assert names(second)["orders.csv"] == names(first)["orders.csv"]
    assert names(second)["orders.jsonl"] != names(first)["orders.jsonl"]
    assert second.records == first.records + 1
    assert first.prefix + names(first)["orders.jsonl"] in set(lakehouse.keys("datalake", first.prefix))


def test_a_file_that_is_gone_from_the_inbox_stays_landed(lakehouse: Lakehouse, feed: Feed, day: date) -> None:
    first = land(feed, day)
    lakehouse.s3.delete_object(Bucket="inbox", Key=f"ecommerce/{day}/orders.csv")
    assert land(feed, day, LATER) == first


def test_signals_between_programs_are_no_data(lakehouse: Lakehouse, feed: Feed, day: date) -> None:
    for name in ("_SUCCESS", ".orders.csv.part", "folder/"):
        lakehouse.deliver(day, name, b"")
    assert set(names(land(feed, day))) == {"orders.csv", "orders.jsonl"}


def test_a_file_is_landed_however_its_name_begins(lakehouse: Lakehouse, feed: Feed, day: date) -> None:
    lakehouse.deliver(day, "_north.csv", lakehouse.delivered(day, "orders.csv"))
    landed = names(land(feed, day))
    assert landed.keys() == {"orders.csv", "orders.jsonl", "_north.csv"}
    # Spark skips files whose names begin with an underscore.
    assert landed["_north.csv"].startswith("north-")


class _WithGhost(ObjectStore):
    """An inbox from which a file is removed between listing and download."""

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        yield from super().objects(prefix)
        yield StoredObject(f"{prefix}taken.csv", "", LATER)


def test_a_file_that_goes_while_its_day_is_landed_leaves_the_day_as_it_was(feed: Feed, day: date) -> None:
    meanwhile = replace(feed, inbox=_WithGhost(feed.inbox.settings, feed.inbox.bucket))
    with pytest.raises(StoreError, match=rf"^s3://inbox/ecommerce/{day}/taken\.csv: .*Not Found"):
        meanwhile.land(day, FIRST)
    assert feed.bronze.manifest(day) is None


@dataclass(frozen=True)
class _Overtaken(ObjectStore):
    """An inbox that calls `meanwhile` before its listing ends, as if another run were faster."""

    meanwhile: Callable[[], None]

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        yield from super().objects(prefix)
        self.meanwhile()


@pytest.mark.parametrize("was_landed", [False, True])
def test_a_landing_that_another_one_overtook_does_not_take_its_files_away(
    lakehouse: Lakehouse, feed: Feed, day: date, *, was_landed: bool
) -> None:
    export = lakehouse.delivered(day, "orders.csv")
    if was_landed:
        land(feed, day)
        lakehouse.deliver(day, "more.csv", export)
    newer = []

    def meanwhile() -> None:
        lakehouse.deliver(day, "late.csv", export)
        newer.append(land(feed, day, LATER))

    inbox = _Overtaken(feed.inbox.settings, feed.inbox.bucket, meanwhile)
    with pytest.raises(StoreError, match=r"/_manifest\.json: another landing was faster"):
        replace(feed, inbox=inbox).land(day, FIRST)
    assert [feed.bronze.manifest(day)] == newer
    assert "late.csv" in names(land(feed, day, LATER))


@pytest.mark.parametrize("etag", [None, "present"])
def test_a_commit_whose_answer_is_lost_has_happened(
    lakehouse: Lakehouse, feed: Feed, day: date, etag: str | None
) -> None:
    lake, key = feed.bronze.lake, f"bronze/{lakehouse.rules.feed_folder}/lost-answer-{day}"
    lakehouse.s3.delete_object(Bucket="datalake", Key=key)
    if etag:
        etag = lake.replace(key, None, b"before")
    # The client then sends the request once more.
    lost, event = iter([0]), "needs-retry.s3.PutObject"
    lake.client.meta.events.register(event, lose := lambda **_: next(lost, None))
    try:
        assert (b"body", lake.replace(key, etag, b"body")) == lake.get(key)
    finally:
        lake.client.meta.events.unregister(event, lose)
    assert list(lost) == []
    with pytest.raises(StoreError, match="another landing was faster"):
        lake.replace(key, etag, b"other")


def test_a_day_without_a_delivery_has_no_manifest(lakehouse: Lakehouse, feed: Feed) -> None:
    day = fresh_day(lakehouse)
    assert feed.land(day, FIRST) is None
    assert feed.bronze.manifest(day) is None
