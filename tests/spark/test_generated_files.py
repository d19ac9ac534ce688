"""Generated files are carried to silver, and compared with an oracle that shares no code with it."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from pyspark.sql import SparkSession

from spark_jobs.contracts.contract import LANDING_COLUMNS, names, source_columns, table_rules
from spark_jobs.contracts.judge import judge as judge_by_pandera
from tests.generators.contracts import IN_DEPTH
from tests.generators.files import arrives_as_csv
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack
from tests.oracle.shown import shown
from tests.oracle.silver import Verdict
from tests.spark.generated_days import DAYS, Outcome, carry

MALFORMED = "malformed record: "
PARTS = ("silver", "duplicate", "superseded", "quarantined")
# Of how many days the files of a contract are drawn; CSV can go wrong in more ways.
DAYS_OF = {
    contract: len(DAYS) if arrives_as_csv(contract) else 12 for param in IN_DEPTH for contract in param.values
}


@pytest.fixture(scope="module")
def carried(stack: Stack, spark: SparkSession) -> Callable[[str], dict]:
    """Carries all tables of a domain, once."""

    @cache
    def of_domain(domain: str) -> dict:
        days = {c: count for c, count in DAYS_OF.items() if table_rules(c).domain == domain}
        return carry(stack, spark, days)

    return of_domain


@pytest.fixture(scope="module", params=IN_DEPTH)
def outcome(request: pytest.FixtureRequest, carried: Callable[[str], dict]) -> Outcome:
    return carried(table_rules(request.param).domain)[request.param]


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
    for day in outcome.files:
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
    assert (ragged.height > 10) == arrives_as_csv(outcome.contract)
    for text, [reason] in ragged.select("record", "reasons").rows():
        [fields] = csv.reader(io.StringIO(json.loads(text)["malformed"], newline=""))
        assert reason.startswith(f"{start}, found {len(fields)}: '")


def test_the_days_show_every_outcome(outcome: Outcome) -> None:
    """The other tests would pass if the generator no longer made the records that they are about."""
    total = dict.fromkeys((*PARTS, "repeated"), 0)
    for (_, part), verdict in outcome.expected.items():
        total[part] += verdict.rows
    files = [file for delivered in outcome.files.values() for file in delivered]
    assert total["silver"] > 50
    assert total["quarantined"] > 50
    assert (total["superseded"] > 2) == bool(table_rules(outcome.contract).newest_by)
    assert sum(record is None for file in files for record in file.records) > 10
    assert total["duplicate"] > total["repeated"] > 5
    assert sum(file.is_refused for file in files) > 1
