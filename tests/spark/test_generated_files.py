"""Generated files are carried to silver, and compared with an oracle that shares no code with it."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from polars.testing import assert_frame_equal
from pyspark.sql import SparkSession

from shopflow_assets.registry import SILVER_TABLES
from shopflow_assets.sources.files.landing import LandedFolder
from spark_jobs.contracts.contract import LANDING_COLUMNS, SilverContract, names, source_columns, table_rules
from spark_jobs.contracts.judge import judge as judge_by_pandera
from spark_jobs.contracts.quality import Quarantine
from spark_jobs.delta_tables import create
from spark_jobs.silver_job import SilverResult, make_silver
from tests.generators.contracts import parameters
from tests.generators.files import GeneratedFile, deliveries, every_odd_text
from tests.generators.records import DAY
from tests.harness.domains import silver_table
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack
from tests.oracle.received import Received
from tests.oracle.shown import shown
from tests.oracle.silver import Verdict, judge, open_oracle, receive, verdicts
from tests.platform.post_domain.spark_jobs.contracts.post.parcels import Parcels
from tests.platform.post_domain.spark_jobs.contracts.post.scans import Scans
from tests.spark.fresh_days import forget

# Days that no other test uses. On each of them some generated records are too old or in the future.
DAYS = [DAY + timedelta(days=n) for n in range(32)]
LANDED_AT = datetime(2026, 9, 1, tzinfo=UTC)
MALFORMED = "malformed record: "
PARTS = ("silver", "duplicate", "superseded", "quarantined")


@dataclass(frozen=True)
class Outcome:
    """What was delivered on some days, what was made of it, and what the oracle expects."""

    contract: type[SilverContract]
    files: dict[date, list[GeneratedFile]]
    landings: dict[date, LandedFolder]
    result: SilverResult
    silver: pl.DataFrame
    quarantine: pl.DataFrame
    expected_silver: pl.DataFrame
    expected_quarantine: pl.DataFrame
    expected: dict[tuple[date, str], Verdict]


def _deliveries(contract: type[SilverContract]) -> dict[date, list[GeneratedFile]]:
    """The same deliveries in every test run."""
    drawn: list[list[GeneratedFile]] = []

    @settings(
        max_examples=len(DAYS),
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(files=deliveries(contract))
    def draw(files: list[GeneratedFile]) -> None:
        drawn.append(files)

    draw()
    found = dict(zip(DAYS, drawn, strict=True))
    for day in (DAYS[0], DAYS[20]):
        found[day] += every_odd_text(contract)
    return found


def _received(files: dict[date, list[GeneratedFile]]) -> Iterator[Received]:
    for day, delivered in files.items():
        for file in delivered:
            for position, texts in enumerate(file.records):
                yield Received(day, file.name, position, texts)


@pytest.fixture(
    scope="module", params=parameters(*(table.contract for table in SILVER_TABLES), Parcels, Scans)
)
def outcome(request: pytest.FixtureRequest, stack: Stack, spark: SparkSession) -> Outcome:
    """All days are made in one run, like a backfill: a run costs much more than a file."""
    contract = request.param
    lakehouse, files, landings = Lakehouse(stack, contract), _deliveries(contract), {}
    for day, delivered in files.items():
        forget(lakehouse, day)
        for file in delivered:
            lakehouse.deliver(day, file.name, file.body)
        landed = lakehouse.feed.land(day, LANDED_AT)
        assert landed
        landings[day] = landed
    manifests = {day: landing.manifest for day, landing in landings.items()}
    table = silver_table(contract)
    create(spark, table)
    limits = lakehouse.pipeline.limits
    result = make_silver(spark, {table: manifests}, limits)[table]
    rules = table_rules(contract)
    of_table = (pl.col("domain") == rules.domain) & (pl.col("table_name") == rules.table)
    on_days = pl.col("partition_date").is_in(DAYS)
    with open_oracle(limits) as oracle:
        receive(oracle, contract, _received(files))
        judge(oracle, contract)
        return Outcome(
            contract,
            files,
            landings,
            result,
            lakehouse.silver(contract).filter(on_days),
            lakehouse.silver(Quarantine).filter(of_table, on_days),
            oracle.table(rules.table).pl(),
            oracle.table("quarantine").pl(),
            verdicts(oracle, contract),
        )


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort(rows.columns, nulls_last=True)


def test_a_file_is_landed_or_refused_as_a_whole(outcome: Outcome) -> None:
    for day, landing in outcome.landings.items():
        files = outcome.files[day]
        refused = {f.source.rsplit("/", 1)[-1] for f in landing.refused}
        landed = {f.source.rsplit("/", 1)[-1] for f in landing.manifest.files}
        assert refused == {f.name for f in files if f.is_refused}, day
        assert landed == {f.name for f in files if not f.is_refused}, day


def test_good_records_are_in_silver_with_their_exact_values(outcome: Outcome) -> None:
    found = outcome.silver.select(*names(source_columns(outcome.contract)), "partition_date")
    assert set(outcome.silver.columns) == {*found.columns, *LANDING_COLUMNS}
    assert_frame_equal(_sorted(found), _sorted(outcome.expected_silver.cast(dict(found.schema))))


def test_another_engine_finds_the_rows_good(outcome: Outcome, stack: Stack) -> None:
    limits = Lakehouse(stack).pipeline.limits
    assert judge_by_pandera(outcome.silver, outcome.contract, limits).failures.rows() == []


def test_each_record_is_in_silver_or_a_copy_or_in_quarantine(outcome: Outcome) -> None:
    assert outcome.result.problems == {}
    has_money = table_rules(outcome.contract).amount is not None
    for day in DAYS:
        row = outcome.result.ledger[day]
        assert row["bronze_rows"] == sum(len(file.records) for file in outcome.files[day]), day
        for part in (*PARTS, "repeated"):
            expected = outcome.expected.get((day, part), Verdict(0, Decimal(0) if has_money else None))
            assert (row[f"{part}_rows"], row[f"{part}_amount"]) == (expected.rows, expected.amount), (
                day,
                part,
            )
        for what in ("rows", "amount") if has_money else ("rows",):
            parts = [row[f"{part}_{what}"] for part in PARTS]
            assert row[f"bronze_{what}"] == sum(parts), (day, what)


def test_refused_records_are_in_quarantine_for_all_their_reasons(outcome: Outcome) -> None:
    def reasons(rows: pl.DataFrame) -> list[tuple[date, list[str]]]:
        refused = rows.select("partition_date", "reasons").rows()
        # Each engine has its own words for what is wrong with a malformed record.
        return sorted(
            (day, [MALFORMED if r.startswith(MALFORMED) else r for r in why]) for day, why in refused
        )

    expected = [(day, [*map(shown, why)]) for day, why in reasons(outcome.expected_quarantine)]
    assert reasons(outcome.quarantine) == sorted(expected)


def test_a_ragged_record_says_how_many_fields_it_has(outcome: Outcome) -> None:
    width = len(source_columns(outcome.contract))
    start = f"{MALFORMED}expected {width} fields"
    ragged = outcome.quarantine.filter(pl.col("reasons").list.first().str.starts_with(start))
    assert ragged.height > 10
    for text, [reason] in ragged.select("record", "reasons").rows():
        [fields] = csv.reader(io.StringIO(json.loads(text)["malformed"], newline=""))
        assert reason.startswith(f"{start}, found {len(fields)}: '")


def test_the_days_show_every_outcome(outcome: Outcome) -> None:
    """The other tests would pass if the generator no longer made the records that they are about."""
    total = dict.fromkeys((*PARTS, "repeated"), 0)
    for (_, part), verdict in outcome.expected.items():
        total[part] += verdict.rows
    files = [file for day in DAYS for file in outcome.files[day]]
    assert total["silver"] > 50
    assert total["duplicate"] > total["repeated"] > 5
    assert total["quarantined"] > 50
    assert (total["superseded"] > 2) == bool(table_rules(outcome.contract).newest_by)
    assert sum(file.is_refused for file in files) > 3
    assert sum(record is None for file in files for record in file.records) > 10
