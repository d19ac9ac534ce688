"""Generated files go the whole way to silver, and end where an oracle that shares no code with it says."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from shopflow_assets.bronze.landing import Landing
from spark_jobs.contracts.contract import LANDING_COLUMNS
from spark_jobs.contracts.ecommerce import OrderLines
from spark_jobs.contracts.judge import judge
from spark_jobs.contracts.quality import Quarantine
from spark_jobs.silver_job import SilverResult
from tests.generators.files import DELIVERIES, GeneratedFile, every_odd_text
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack
from tests.oracle.order_lines import Expected, expect

# Days that no other test uses; on each of them a part of the generated orders is too old or not yet placed.
DAYS = [date(2026, 7, 15) + timedelta(days=n) for n in range(32)]
LANDED_AT = datetime(2026, 9, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Outcome:
    """What was delivered on some days and what became of it."""

    files: dict[date, list[GeneratedFile]]
    landings: dict[date, Landing]
    result: SilverResult
    silver: pl.DataFrame
    quarantine: pl.DataFrame


def _deliveries() -> dict[date, list[GeneratedFile]]:
    """The same deliveries in every run of the tests."""
    drawn: list[list[GeneratedFile]] = []

    @settings(
        max_examples=len(DAYS),
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(files=DELIVERIES)
    def draw(files: list[GeneratedFile]) -> None:
        drawn.append(files)

    draw()
    found = dict(zip(DAYS, drawn, strict=True))
    for day in (DAYS[0], DAYS[20]):
        found[day] += every_odd_text()
    return found


@pytest.fixture(scope="module")
def outcome(stack: Stack) -> Outcome:
    """All days made in one run, as a backfill makes them: a run costs much more than a file."""
    lakehouse, files, landings = Lakehouse(stack), _deliveries(), {}
    for day, delivered in files.items():
        for file in delivered:
            lakehouse.deliver(day, file.name, file.body)
        landed = lakehouse.feed.land(day, LANDED_AT)
        assert landed
        landings[day] = landed
    result = lakehouse.make_silver(*(landing.manifest for landing in landings.values()))
    silver, quarantine = (
        lakehouse.silver(contract).filter(pl.col("partition_date").is_in(DAYS))
        for contract in (OrderLines, Quarantine)
    )
    limits = lakehouse.pipeline.limits
    # Pandera reads the same rules with another engine.
    assert judge(silver, OrderLines, limits).failures.rows() == []
    return Outcome(files, landings, result, silver, quarantine)


@pytest.fixture(params=DAYS, ids=str)
def day(request: pytest.FixtureRequest) -> date:
    return request.param


def _expected(outcome: Outcome, day: date) -> Expected:
    return expect((record for file in outcome.files[day] for record in file.records), day)


def _rows(outcome: Outcome, day: date) -> dict[tuple[str, str], dict[str, Any]]:
    found = outcome.silver.filter(pl.col("partition_date") == day).drop(LANDING_COLUMNS)
    return {(row["order_id"], row["product_id"]): row for row in found.to_dicts()}


def test_a_file_is_landed_or_refused_as_a_whole(outcome: Outcome, day: date) -> None:
    landing, files = outcome.landings[day], outcome.files[day]
    assert {f.source.rsplit("/", 1)[-1] for f in landing.refused} == {f.name for f in files if f.is_refused}
    assert {f.source.rsplit("/", 1)[-1] for f in landing.manifest.files} == {
        f.name for f in files if not f.is_refused
    }


def test_good_records_are_in_silver_with_their_exact_values(outcome: Outcome, day: date) -> None:
    assert _rows(outcome, day) == _expected(outcome, day).rows


def test_each_record_is_in_silver_or_a_copy_or_in_quarantine(outcome: Outcome, day: date) -> None:
    expected = _expected(outcome, day)
    assert day not in outcome.result.problems
    row = outcome.result.ledger[day]
    assert row["bronze_rows"] == sum(len(file.records) for file in outcome.files[day])
    parts = [row[f"{part}_rows"] for part in ("silver", "duplicate", "quarantined", "superseded")]
    assert parts == [len(expected.rows), expected.duplicates, expected.quarantined, 0]
    assert row["bronze_rows"] == sum(parts)
    amounts = [row[f"{part}_amount"] for part in ("silver", "duplicate", "quarantined")]
    assert row["bronze_amount"] == sum(amounts)


def test_a_ragged_record_says_how_many_fields_it_has(outcome: Outcome) -> None:
    ragged = outcome.quarantine.filter(
        pl.col("reasons").list.first().str.starts_with("malformed record: expected 24 fields")
    )
    assert ragged.height > 10
    for text, [reason] in ragged.select("record", "reasons").rows():
        [fields] = csv.reader(io.StringIO(json.loads(text)["malformed"], newline=""))
        assert reason.startswith(f"malformed record: expected 24 fields, found {len(fields)}: '")


def test_the_days_show_every_outcome(outcome: Outcome) -> None:
    """A generator that no longer makes what the other tests are about would let them pass."""
    found = [_expected(outcome, day) for day in DAYS]
    files = [file for day in DAYS for file in outcome.files[day]]
    assert sum(len(expected.rows) for expected in found) > 50
    assert sum(expected.duplicates for expected in found) > 10
    assert sum(expected.quarantined for expected in found) > 50
    assert sum(file.is_refused for file in files) > 3
    assert sum(record is None for file in files for record in file.records) > 10
