"""Which value or reason Spark makes of each text; and Spark and polars agree on every rule."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

import polars as pl
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_jobs.contracts.contract import SilverContract
from spark_jobs.contracts.table import table_of
from spark_jobs.judging.judgement import judge_rows, values_of
from spark_jobs.sql_types import sql_type
from tests.generators.cases import Case, cases
from tests.generators.contracts import CONTRACTS, IN_DEPTH
from tests.generators.records import DAY, good_record
from tests.generators.rule_table import LIMITS, linked

# For each case, the value that it is read as (None if it is to be refused), and the reasons.
Read = Callable[[type[SilverContract]], list[tuple[Case, Any, list[str]]]]
COLUMNS = [
    pytest.param(contract, column, id=f"{param.id}.{column}", marks=param.marks)
    for param in IN_DEPTH
    for contract in param.values
    for column in table_of(contract).source_names
]
WITH_RULES = [param for param in CONTRACTS if table_of(param.values[0]).rules.rules]


@pytest.fixture(scope="module")
def read(spark: SparkSession) -> Read:
    """Reads all cases of a contract in one call."""
    return cache(lambda contract: _read(spark, contract))


def _read(spark: SparkSession, contract: type[SilverContract]) -> list[tuple[Case, Any, list[str]]]:
    table, asked = table_of(contract), cases(contract)
    records = [good_record(contract) | {case.column: case.text} for case in asked]
    rows = [
        (tuple(record[name] for name in table.source_names), None, None, n)
        for n, record in enumerate(records)
    ]
    texts = ", ".join(f"{name}: string" for name in table.source_names)
    landing = {"partition_date": DAY, "source_file": "a.csv", "ingested_at": datetime(2026, 9, 1)}
    received = spark.createDataFrame(
        rows, f"received struct<{texts}>, malformed string, record string, row_id long"
    ).withColumns({name: F.lit(value) for name, value in landing.items()})
    judged = judge_rows(received, table, LIMITS)
    reasons = judged.orderBy("row_id").select("reasons").collect()
    # Some refused values are instants that Python cannot hold, so only the values of accepted texts are
    # compared.
    values = pl.DataFrame(values_of(judged, table).orderBy("row_id").toArrow())
    return [
        (case, None if case.reason else values.item(n, case.column), reasons[n]["reasons"])
        for n, case in enumerate(asked)
    ]


@pytest.mark.parametrize(("contract", "column"), COLUMNS)
def test_a_text_is_read_as_its_value_or_refused_with_its_reason(
    read: Read, contract: type[SilverContract], column: str
) -> None:
    of_column = [(case, value, reasons) for case, value, reasons in read(contract) if case.column == column]
    found = [
        (case.text, value, [why for why in reasons if why.startswith(f"{column}: ")])
        for case, value, reasons in of_column
    ]
    assert found == [
        (case.text, case.value, [case.reason] if case.reason else []) for case, _, _ in of_column
    ]
    assert len(found) > 5


@pytest.mark.parametrize("contract", WITH_RULES)
def test_spark_and_polars_agree_on_every_rule(spark: SparkSession, contract: type[SilverContract]) -> None:
    """A truth table over nulls, cents and instants at the limits of the rules."""
    for some in linked(contract):
        rows = some.rows(DAY)
        in_polars = some.verdicts(rows)
        schema = ", ".join(f"{column.name} {sql_type(column.dtype)}" for column in some.columns)
        in_spark = spark.createDataFrame(rows.rows(), schema).select(
            *(rule.holds(F.col, LIMITS).alias(str(n)) for n, rule in enumerate(some.rules))
        )
        assert [tuple(row) for row in in_spark.collect()] == in_polars.rows()
        for rule, verdict in zip(some.rules, in_polars.columns, strict=True):
            assert set(in_polars[verdict]) == {True, False, None}, rule.text
