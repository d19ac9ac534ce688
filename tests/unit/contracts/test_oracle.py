"""The oracle reads texts as the hand-written tables say, and judges rules as the contracts do."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from spark_jobs.contracts.contract import SilverContract, table_rules
from tests.generators.cases import cases
from tests.generators.contracts import CONTRACTS
from tests.generators.drawn import clashes
from tests.generators.records import DAY, good_record, good_sets, text_of
from tests.generators.rule_table import LIMITS, linked
from tests.oracle.received import Received
from tests.oracle.silver import judge, open_oracle, receive


def _judged(contract: type[SilverContract], *records: tuple[date, dict[str, Any]]) -> pl.DataFrame:
    """The judged records, in the given order."""
    with open_oracle(LIMITS) as database:
        received = (Received(day, "a.csv", n, record) for n, (day, record) in enumerate(records))
        receive(database, contract, received)
        judge(database, contract)
        return database.table(f"{table_rules(contract).table}_judged").pl().sort("_position")


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_text_is_read_as_its_value_or_refused_with_its_reason(contract: type[SilverContract]) -> None:
    asked = cases(contract)
    judged = _judged(contract, *((DAY, good_record(contract) | {case.column: case.text}) for case in asked))
    reasons = judged["_reasons"].to_list()
    found = [
        (
            case.column,
            case.text,
            None if case.reason else judged.item(n, case.column),
            [reason for reason in reasons[n] if reason.startswith(f"{case.column}: ")],
        )
        for n, case in enumerate(asked)
    ]
    assert found == [
        (case.column, case.text, case.value, [case.reason] if case.reason else []) for case in asked
    ]


@pytest.mark.parametrize("contract", CONTRACTS)
def test_good_records_are_good_and_none_is_a_duplicate(contract: type[SilverContract]) -> None:
    records = [good_record(contract, group) for group in (1, 2)]
    records += [good_record(contract, 10 + n) | texts for n, texts in enumerate(good_sets(contract))]
    judged = _judged(contract, *((DAY, record) for record in records))
    assert judged["_reasons"].to_list() == [[]] * len(records)
    assert not judged["_is_duplicate"].any()


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_rules_across_columns_are_those_of_the_contract(contract: type[SilverContract]) -> None:
    """A truth table over nulls, cents and instants at the limits of the rules."""
    for some in linked(contract):
        rows = some.rows(DAY)
        broken = [
            {rule.text for rule, holds in zip(some.rules, says, strict=True) if holds is False}
            for says in some.verdicts(rows).rows()
        ]
        records = []
        for row in rows.to_dicts():
            day = row.pop("partition_date", DAY)
            texts = {name: text_of(value) for name, value in row.items()}
            records.append((day, good_record(contract) | texts))
        rules = {rule.text for rule in some.rules}
        found = _judged(contract, *records)["_reasons"].to_list()
        assert [rules.intersection(reasons) for reasons in found] == broken


@pytest.mark.parametrize("contract", CONTRACTS)
def test_records_that_clash_are_told_apart(contract: type[SilverContract]) -> None:
    judged = _judged(contract, *((DAY, record) for record in clashes(contract)))
    assert judged["_is_duplicate"].to_list()[:3] == [False, True, False]
    first = {reasons[0].split(" (")[0] for reasons in judged["_reasons"].to_list()[2:] if reasons}
    rules = table_rules(contract)
    if rules.newest_by:
        assert judged["_is_superseded"].any()
    else:
        assert "conflicting records for key" in first
    if rules.agree_on:
        noun = (rules.group_key or "").removesuffix("_id")
        assert any(reason.startswith(f"lines of one {noun} disagree on ") for reason in first)
