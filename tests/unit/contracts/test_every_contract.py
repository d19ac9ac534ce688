"""Pandera judges rows by what their contract declares."""

import polars as pl
import pytest

from spark_jobs.contracts.contract import SilverContract, columns, names, source_columns, table_rules
from spark_jobs.contracts.judge import judge
from spark_jobs.contracts.rules import TableRules
from tests.generators.cases import cases
from tests.generators.contracts import CONTRACTS
from tests.generators.records import DAY, good_record
from tests.generators.rule_table import LIMITS, linked
from tests.oracle import silver
from tests.oracle.received import Received


def _rows(contract: type[SilverContract], *changes: dict[str, str | None]) -> pl.DataFrame:
    """Good records with these changes, as rows of silver even if they break a rule."""
    records = [good_record(contract, n, n) | change for n, change in enumerate(changes, 1)]
    with silver.open_oracle(LIMITS) as database:
        silver.receive(
            database, contract, [Received(DAY, "a.csv", n, record) for n, record in enumerate(records)]
        )
        silver.judge(database, contract)
        read = database.table(f"{table_rules(contract).table}_judged").pl().sort("_position")
    landed = [pl.lit("a.csv").alias("source_file"), pl.lit(DAY).cast(pl.Datetime("us")).alias("ingested_at")]
    schema = {column.name: column.dtype for column in columns(contract)}
    rows = read.select(*names(source_columns(contract)), "partition_date", *landed)
    return rows.select(*schema).cast(schema)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_value_that_a_column_takes_passes(contract: type[SilverContract]) -> None:
    in_rules = {column.name for some in linked(contract) for column in some.columns}
    taken = {(c.column, c.value): c for c in cases(contract) if not c.reason and c.column not in in_rules}
    rows = _rows(contract, *({case.column: case.text} for case in taken.values()))
    assert judge(rows, contract, LIMITS).failures.rows() == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_required_value_that_is_missing_fails(contract: type[SilverContract]) -> None:
    required = [column.name for column in source_columns(contract) if column.required]
    rows = _rows(contract, {}, *({name: None} for name in required))
    failed = [judge(rows[n : n + 1], contract, LIMITS).failed for n in range(rows.height)]
    assert failed == [0] + [1] * len(required)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_row_that_knows_only_what_is_required_passes(contract: type[SilverContract]) -> None:
    nothing: dict[str, str | None] = {c.name: None for c in source_columns(contract) if not c.required}
    assert judge(_rows(contract, nothing), contract, LIMITS).passed


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_key_that_comes_twice_on_a_day_fails(contract: type[SilverContract]) -> None:
    rows = _rows(contract, {})
    assert not judge(pl.concat([rows, rows]), contract, LIMITS).passed


def test_a_group_is_part_of_the_key() -> None:
    with pytest.raises(ValueError, match=r"shop\.parcels: group_key sender is no part of the key"):
        TableRules(domain="shop", table="parcels", key=("parcel_id",), group_key="sender")
