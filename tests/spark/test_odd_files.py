"""An odd file does no harm: it is read correctly, or judged line by line, or refused as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.contracts.judge import judge
from spark_jobs.contracts.quality import Quarantine
from spark_jobs.manifest import Manifest
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack
from tests.spark.fresh_days import forget
from tests.spark.odd_files.csv_files import CSV_FILES
from tests.spark.odd_files.json_files import JSON_FILES, PARSED_FILES
from tests.spark.odd_files.refused import REFUSED

JUDGED = CSV_FILES | JSON_FILES | PARSED_FILES
# Days that no other test uses.
DAYS: Iterator[date] = iter(date(2026, month, n) for month in (4, 5, 9, 10, 11) for n in range(1, 31))
LANDED_AT = datetime(2026, 12, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Outcome:
    """What was made of an odd file; `ledger` is None if the day was left as it was."""

    manifest: Manifest
    ledger: dict[str, Any] | None
    silver: pl.DataFrame
    reasons: list[list[str]]
    problem: str | None


@pytest.fixture(scope="module")
def lakehouse(stack: Stack) -> Lakehouse:
    return Lakehouse(stack)


def _fresh_day(lakehouse: Lakehouse) -> date:
    day = next(DAYS)
    forget(lakehouse, day)
    return day


@pytest.fixture(scope="module")
def outcomes(lakehouse: Lakehouse) -> dict[str, Outcome]:
    """Each odd file has its own day; all are made in one run."""
    manifests: dict[str, Manifest] = {}
    for name, case in JUDGED.items():
        day = _fresh_day(lakehouse)
        lakehouse.deliver(day, case.file, case.content(day))
        landed = lakehouse.feed.land(day, LANDED_AT)
        assert landed
        assert landed.refused == (), name
        manifests[name] = landed.manifest
    result = lakehouse.make_silver(*manifests.values())
    silver, quarantine = lakehouse.silver(OrderLines), lakehouse.silver(Quarantine)
    on = {name: pl.col("partition_date") == manifest.partition_date for name, manifest in manifests.items()}
    return {
        name: Outcome(
            manifest,
            result.ledger.get(manifest.partition_date),
            silver.filter(on[name]),
            quarantine.filter(on[name])["reasons"].to_list(),
            result.problems.get(manifest.partition_date),
        )
        for name, manifest in manifests.items()
    }


@pytest.mark.parametrize("name", JUDGED)
def test_an_odd_file_is_read_rightly_or_judged_record_by_record(
    outcomes: dict[str, Outcome], name: str
) -> None:
    case, found = JUDGED[name], outcomes[name]
    assert found.problem is None
    assert found.silver.height == case.rows
    assert len(found.reasons) == len(case.reasons)
    for reasons, start in zip(found.reasons, case.reasons, strict=True):
        assert any(reason.startswith(start) for reason in reasons), reasons
    for column, value in case.values:
        expected = value(found.manifest.partition_date) if callable(value) else value
        # With a message of its own: pytest's would show a field of 10 MB.
        assert expected in set(found.silver[column].cast(pl.String)), f"{column} is not as it was sent"


@pytest.mark.parametrize("name", JUDGED)
def test_no_record_and_no_cent_of_an_odd_file_is_lost(outcomes: dict[str, Outcome], name: str) -> None:
    case, found = JUDGED[name], outcomes[name]
    assert found.ledger
    assert found.ledger["bronze_rows"] == found.manifest.records
    assert found.ledger["duplicate_rows"] == case.duplicates
    assert found.ledger["quarantined_rows"] == len(found.reasons)
    for what in ("rows", "amount"):
        parts = [found.ledger[f"{part}_{what}"] for part in ("silver", "duplicate", "quarantined")]
        assert found.ledger[f"bronze_{what}"] == sum(parts)


def test_another_engine_finds_the_rows_of_odd_files_good(
    lakehouse: Lakehouse, outcomes: dict[str, Outcome]
) -> None:
    rows = pl.concat([found.silver for found in outcomes.values()])
    assert judge(rows, OrderLines, lakehouse.pipeline.limits).failures.rows() == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_rightly_is_refused_and_kept(lakehouse: Lakehouse, name: str) -> None:
    file, content, reason = REFUSED[name]
    day = _fresh_day(lakehouse)
    lakehouse.deliver(day, file, content)
    landing = lakehouse.feed.land(day, LANDED_AT)
    assert landing
    assert landing.manifest.files == ()
    assert landing.manifest.refused == landing.refused
    [refused] = landing.refused
    assert refused.source == f"s3://inbox/ecommerce/{day}/{file}"
    assert refused.reason.startswith(reason)
    key = f"{landing.manifest.prefix}_refused/{refused.name}"
    assert lakehouse.s3.get_object(Bucket="datalake", Key=key)["Body"].read() == content
