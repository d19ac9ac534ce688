"""Rows of a database without constraints: each is refused for its exact reasons, or has its exact values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from pyspark.sql import SparkSession

from spark_jobs.contracts.contract import SilverContract, names, source_columns
from spark_jobs.contracts.judge import judge as judge_by_pandera
from spark_jobs.contracts.quality import Quarantine
from spark_jobs.contracts.table import table_of
from spark_jobs.delta_tables import create
from spark_jobs.silver_job import SilverResult, make_silver
from tests.harness.domains import silver_table
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack
from tests.oracle.received import read
from tests.oracle.silver import judge, open_oracle, receive
from tests.spark.fresh_days import forget
from tests.spark.shop.hostile import GOOD, HOSTILE

# A day that no other test uses.
DAY = date(2026, 12, 1)
ON_DAY = pl.col("partition_date") == DAY
LINES = {name: hostile.line(number) for number, (name, hostile) in enumerate(HOSTILE.items(), 1)}
POSITIONS = {line["_pos"]: name for name, line in LINES.items()}


@dataclass(frozen=True)
class Outcome:
    """What was made of all lines: rows and reasons by the name of the line, and all of each table."""

    rows: Mapping[str, Mapping[str, Any]]
    reasons: Mapping[str, tuple[str, ...]]
    results: list[SilverResult]


@pytest.fixture(scope="module")
def lakehouse(stack: Stack) -> Lakehouse:
    return Lakehouse(stack)


@pytest.fixture(scope="module")
def outcome(lakehouse: Lakehouse, spark: SparkSession) -> Outcome:
    wanted = {}
    for contract in GOOD:
        of_table = Lakehouse(lakehouse.stack, contract)
        forget(of_table, DAY)
        of_table.deliver(DAY, "a.jsonl", _body(contract))
        landed = of_table.feed.land(DAY, datetime(2026, 12, 2, tzinfo=UTC))
        assert landed
        create(spark, silver_table(contract))
        wanted[silver_table(contract)] = {DAY: landed.manifest}
    results = make_silver(spark, wanted, lakehouse.pipeline.limits)
    rows = (row for contract in GOOD for row in lakehouse.silver(contract).filter(ON_DAY).to_dicts())
    refused = lakehouse.silver(Quarantine).filter(ON_DAY, pl.col("domain") == "shop").to_dicts()
    return Outcome(
        {POSITIONS[row["_pos"]]: row for row in rows},
        {POSITIONS[json.loads(row["record"])["_pos"]]: tuple(row["reasons"]) for row in refused},
        list(results.values()),
    )


def _body(contract: type[SilverContract]) -> str:
    lines = (line for name, line in LINES.items() if HOSTILE[name].contract is contract)
    return "".join(json.dumps(line) + "\n" for line in lines)


def test_every_line_is_in_silver_or_refused_for_its_exact_reasons(outcome: Outcome) -> None:
    assert outcome.reasons == {name: hostile.reasons for name, hostile in HOSTILE.items() if hostile.reasons}
    assert outcome.rows.keys() == HOSTILE.keys() - outcome.reasons.keys()
    assert [result.problems for result in outcome.results] == [{}] * len(GOOD)


@pytest.mark.parametrize("name", [name for name, hostile in HOSTILE.items() if not hostile.reasons])
def test_a_line_has_its_exact_values_in_silver(outcome: Outcome, name: str) -> None:
    expected = HOSTILE[name].values
    assert {column: outcome.rows[name][column] for column in expected} == expected


@pytest.mark.parametrize("contract", [pytest.param(c, id=table_of(c).name) for c in GOOD])
def test_an_oracle_and_pandera_agree(
    lakehouse: Lakehouse, outcome: Outcome, contract: type[SilverContract]
) -> None:
    columns = names(source_columns(contract))
    silver = lakehouse.silver(contract).filter(ON_DAY)
    found = silver.select(*columns, "partition_date").sort("_pos")
    with open_oracle(lakehouse.pipeline.limits) as oracle:
        receive(oracle, contract, read(DAY, "a.jsonl", _body(contract).encode(), columns))
        judge(oracle, contract)
        expected = oracle.table(table_of(contract).rules.table).pl().sort("_pos")
        refused = oracle.table("quarantine").pl()
    assert_frame_equal(found, expected.cast(dict(found.schema)))
    assert {POSITIONS[json.loads(r["record"])["_pos"]]: tuple(r["reasons"]) for r in refused.to_dicts()} == {
        name: reasons for name, reasons in outcome.reasons.items() if HOSTILE[name].contract is contract
    }
    assert judge_by_pandera(silver, contract, lakehouse.pipeline.limits).passed
