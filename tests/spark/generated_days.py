"""Carries generated files to silver, and lets the oracle judge them: all tables of a domain in one run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from pyspark.sql import SparkSession

from shopflow_assets.sources.files.landing import LandedFolder
from spark_jobs.contracts.contract import SilverContract
from spark_jobs.contracts.quality import Quarantine
from spark_jobs.contracts.table import table_of
from spark_jobs.delta_tables import create
from spark_jobs.silver_job import SilverResult, make_silver
from tests.generators.files import deliveries, every_odd_text
from tests.generators.generated_file import GeneratedFile
from tests.generators.records import DAY
from tests.harness.domains import silver_table
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack
from tests.oracle.received import Received
from tests.oracle.silver import Verdict, judge, open_oracle, receive, verdicts
from tests.spark.fresh_days import forget

# Days that no other test uses. On each of them some generated records are too old or in the future.
DAYS = [DAY + timedelta(days=n) for n in range(32)]
LANDED_AT = datetime(2026, 9, 1, tzinfo=UTC)
Files = Mapping[date, list[GeneratedFile]]


@dataclass(frozen=True)
class Outcome:
    """What was delivered on some days, what was made of it, and what the oracle expects."""

    contract: type[SilverContract]
    files: Files
    landings: Mapping[date, LandedFolder]
    result: SilverResult
    silver: pl.DataFrame
    quarantine: pl.DataFrame
    expected_silver: pl.DataFrame
    expected_quarantine: pl.DataFrame
    expected: Mapping[tuple[date, str], Verdict]


def carry(
    stack: Stack, spark: SparkSession, days: Mapping[type[SilverContract], int]
) -> dict[type[SilverContract], Outcome]:
    """Carry files of as many days as given of each table; all tables are of one domain.

    All days are made in one run, like a backfill: a run costs much more than a file.
    """
    files = {contract: _deliveries(contract, count) for contract, count in days.items()}
    landings = {contract: _land(Lakehouse(stack, contract), files[contract]) for contract in days}
    wanted = {
        silver_table(contract): {day: landing.manifest for day, landing in of_table.items()}
        for contract, of_table in landings.items()
    }
    for table in wanted:
        create(spark, table)
    lakehouse = Lakehouse(stack)
    results = make_silver(spark, wanted, lakehouse.pipeline.limits)
    quarantine = lakehouse.silver(Quarantine)
    outcomes = {}
    for contract, of_table in files.items():
        result = results[silver_table(contract)]
        outcomes[contract] = _outcome(lakehouse, of_table, landings[contract], result, contract, quarantine)
    return outcomes


def _deliveries(contract: type[SilverContract], days: int) -> Files:
    """The same deliveries in every test run."""
    drawn: list[list[GeneratedFile]] = []

    @settings(
        max_examples=days,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(files=deliveries(contract))
    def draw(files: list[GeneratedFile]) -> None:
        drawn.append(files)

    draw()
    found = dict(zip(DAYS[:days], drawn, strict=True))
    for day in {DAYS[0], DAYS[days * 5 // 8]}:
        found[day] += every_odd_text(contract)
    return found


def _land(lakehouse: Lakehouse, files: Files) -> dict[date, LandedFolder]:
    landings = {}
    for day, delivered in files.items():
        forget(lakehouse, day)
        for file in delivered:
            lakehouse.deliver(day, file.name, file.body)
        landed = lakehouse.feed.land(day, LANDED_AT)
        assert landed
        landings[day] = landed
    return landings


def _outcome(
    lakehouse: Lakehouse,
    files: Files,
    landings: Mapping[date, LandedFolder],
    result: SilverResult,
    contract: type[SilverContract],
    quarantine: pl.DataFrame,
) -> Outcome:
    rules = table_of(contract).rules
    of_table = (pl.col("domain") == rules.domain) & (pl.col("table_name") == rules.table)
    on_days = pl.col("partition_date").is_in(list(files))
    with open_oracle(lakehouse.pipeline.limits) as oracle:
        receive(oracle, contract, _received(files))
        judge(oracle, contract)
        return Outcome(
            contract,
            files,
            landings,
            result,
            lakehouse.silver(contract).filter(on_days),
            quarantine.filter(of_table, on_days),
            oracle.table(rules.table).pl(),
            oracle.table("quarantine").pl(),
            verdicts(oracle, contract),
        )


def _received(files: Files) -> Iterator[Received]:
    for day, delivered in files.items():
        for file in delivered:
            for position, texts in enumerate(file.records):
                yield Received(day, file.name, position, texts)
