"""What Spark finds about groups and keys among rows that pass all row rules, and how it is tallied.

All cases of a contract are judged in one call, as a call costs far more than its rows. Each case has its own
parcels, and its own days where it is about days.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_jobs.contracts.contract import SilverContract
from spark_jobs.contracts.rules import Limits
from spark_jobs.contracts.table import Table, table_of
from spark_jobs.judging.judgement import find_suspects, group_findings, judge_rows
from spark_jobs.judging.tallies import Tally, sums_of_findings, tallies, verdict_sums
from tests.spark.pieces import Letters, PaidLetters, Pieces

DAY, NEXT_DAY = date(2026, 2, 1), date(2026, 2, 2)
TALLIED, TALLIED_NEXT = date(2026, 2, 3), date(2026, 2, 4)
LIMITS = Limits(first_partition=date(2026, 1, 1))
Rows = list[tuple[str | None, ...]]
Found = dict[int, list[str] | None]
DISAGREE = "lines of one parcel disagree on "
# By name of the case: parcel, piece, sender, payer, recipient. Each parcel is in one case only.
CASES: dict[str, Rows] = {
    "moved by a null": [("A", "1", "Ada", "Bob", None), ("A", "2", None, "Ada", "Bob")],
    "null and texts": [("B", "1", "Ada", None, None), ("B", "2", None, "Ada", "Bob")],
    "disagreement": [
        ("C", "1", "Ada", "Bob", "Cy"),
        ("C", "1", "Ada", "Bob", "Cy"),
        ("C", "2", "Ann", "Bob", "Di"),
    ],
    "refused alone": [("D", "1", "Ada", None, None), ("D", "two", "Bob", None, None)],
    "suspects": [
        *[("E", "1", "Ada", None, None), ("E", "two", "Bob", None, None)],
        *[("F", "1", "Ada", None, None), ("F", "2", "Ada", None, None), ("F", "3", "Bob", None, None)],
        *[("G", "1", "Ada", None, None), ("H", "1", "Ada", None, None), ("H", "1", "Ada", None, None)],
    ],
    "equal": [("I", "1", "Ada", None, None), (" I", "01", "Ada ", "", None)],
    "conflict in a group": [
        *[("J", "1", "Ada", "Bob", None), ("J", "1", "Ada", None, None), ("J", "2", None, None, None)],
    ],
    "conflict": [("K", "1", "Bob", "Bob", None), ("K", "1", "Ada", None, None), ("K", "2", None, None, None)],
    "days": [("L", "1", "Ada", None, None), ("L", "1", "Ada", None, None), ("L", "2", "Bob", None, None)],
    # A row that is kept, its copy in the same file, its two copies in another file; two that conflict; two
    # refused, with and without readable money; another day.
    "tallied": [
        *[("P", "1", "Ada", None, None)] * 4,
        *[("Q", "1", "Ada", None, None), ("Q", "1", "Ada", "Bob", None)],
        *[("R", "one", "Ada", None, None), ("R", "two", "Ada", None, None), ("P", "1", "Bob", None, None)],
    ],
}
DAYS = {"days": [DAY, NEXT_DAY, DAY], "tallied": [TALLIED] * 8 + [TALLIED_NEXT]}
FILES = {"tallied": ["a.csv"] * 2 + ["b.csv"] * 2 + ["a.csv"] * 5}
POSTAGE = {"tallied": ["1.00", "1.0", "1.00", "01", "2.00", "4.00", "8.00", "much", "16.00"]}


@dataclass(frozen=True)
class Judged:
    """What is found in all cases of a contract: `suspects` and `found` by case and row number."""

    suspects: dict[str, list[int]]
    found: dict[str, Found]
    tallies: dict[tuple[str, date], Tally]


Judge = Callable[[type[SilverContract]], Judged]


@pytest.fixture(scope="module")
def judged(spark: SparkSession) -> Judge:
    """Judges all cases of a contract, once."""
    return cache(lambda contract: _judged(spark, contract))


def _judged(spark: SparkSession, contract: type[SilverContract]) -> Judged:
    table = table_of(contract)
    places = [(case, n) for case, rows in CASES.items() for n in range(len(rows))]
    rows = _judged_rows(spark, table).localCheckpoint()
    suspects = find_suspects(rows, table).localCheckpoint()
    findings = group_findings(suspects, table).localCheckpoint()
    tallied = _tallies(rows, findings, table)
    judged = Judged({case: [] for case in CASES}, {case: {} for case in CASES}, tallied)
    for row in suspects.collect():
        case, n = places[row["row_id"]]
        judged.suspects[case].append(n)
    for row in findings.collect():
        case, n = places[row["row_id"]]
        judged.found[case][n] = row["group_reasons"]
    return judged


def _judged_rows(spark: SparkSession, table: Table) -> DataFrame:
    received = []
    for case, rows in CASES.items():
        for n, row in enumerate(rows):
            texts = (
                (*row, POSTAGE.get(case, ["1.00"] * len(rows))[n]) if table.contract is PaidLetters else row
            )
            day = DAYS.get(case, [DAY] * len(rows))[n]
            file = FILES.get(case, ["a.csv"] * len(rows))[n]
            received.append((texts, None, None, len(received), day, file, datetime(2026, 3, 1)))
    texts = ", ".join(f"{name}: string" for name in table.source_names)
    record = [f"received struct<{texts}>", "malformed string", "record string", "row_id bigint"]
    landing = ["partition_date date", "source_file string", "ingested_at timestamp_ntz"]
    return judge_rows(spark.createDataFrame(received, ", ".join([*record, *landing])), table, LIMITS)


def _tallies(rows: DataFrame, findings: DataFrame, table: Table) -> dict[tuple[str, date], Tally]:
    files = rows.groupBy("source_file", "partition_date").agg(*verdict_sums(table)).collect()
    return tallies(files, sums_of_findings(findings))


def test_texts_that_differ_in_a_column_disagree_also_where_a_null_moves_them(judged: Judge) -> None:
    assert judged(Pieces).found["moved by a null"] == {0: [f"{DISAGREE}payer"], 1: [f"{DISAGREE}payer"]}


def test_a_null_agrees_with_every_text(judged: Judge) -> None:
    assert judged(Pieces).found["null and texts"] == {}


def test_every_row_of_a_group_that_disagrees_is_refused_for_that_alone(judged: Judge) -> None:
    expected = [f"{DISAGREE}sender", f"{DISAGREE}recipient"]
    assert judged(Pieces).found["disagreement"] == {0: expected, 1: expected, 2: expected}


def test_rows_refused_by_a_rule_of_their_own_say_nothing_about_their_group(judged: Judge) -> None:
    assert judged(Pieces).found["refused alone"] == {}


@pytest.mark.parametrize(("contract", "expected"), [(Pieces, [1, 2, 3, 4, 6, 7]), (Letters, [1, 6, 7])])
def test_suspects_are_rows_refused_by_themselves_and_whole_groups_that_may_break_a_rule(
    judged: Judge, contract: type[SilverContract], expected: list[int]
) -> None:
    assert sorted(judged(contract).suspects["suspects"]) == expected


@pytest.mark.parametrize(("contract", "case"), [(Pieces, "conflict in a group"), (Letters, "conflict")])
def test_of_equal_rows_one_is_kept_and_different_rows_of_one_key_conflict(
    judged: Judge, contract: type[SilverContract], case: str
) -> None:
    found = judged(contract).found
    [(parcel, *_), *_] = CASES[case]
    conflict = [f"conflicting records for key ({parcel}, 1)"]
    assert found["equal"] == {1: None}
    assert found[case] == {0: conflict, 1: conflict}


def test_days_are_judged_each_by_itself(judged: Judge) -> None:
    assert judged(Pieces).found["days"] == {0: [f"{DISAGREE}sender"], 2: [f"{DISAGREE}sender"]}


@pytest.mark.parametrize("contract", [PaidLetters, Letters])
def test_every_row_and_its_readable_money_is_tallied_once(
    judged: Judge, contract: type[SilverContract]
) -> None:
    expected = {
        ("silver", TALLIED): (1, "1.00"),
        ("duplicate", TALLIED): (3, "3.00"),
        ("repeated", TALLIED): (2, "2.00"),
        ("quarantined", TALLIED): (4, "14.00"),
        ("silver", TALLIED_NEXT): (1, "16.00"),
        ("quarantined", TALLIED_NEXT): (0, "0.00"),
    }
    found = {part: tally for part, tally in judged(contract).tallies.items() if part[1] >= TALLIED}
    assert found == {
        part: Tally(count, Decimal(money) if contract is PaidLetters else Decimal(0))
        for part, (count, money) in expected.items()
    }
