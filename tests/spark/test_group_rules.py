"""What Spark finds about groups and keys among rows that pass by themselves, and how it is tallied."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_jobs.contracts.contract import Money, SilverContract, column, names, source_columns
from spark_jobs.contracts.rules import Limits, TableRules
from spark_jobs.judgement import find_suspects, group_findings, judge_rows
from spark_jobs.tallies import Tally, tallies, verdict_sums

DAY, NEXT_DAY = date(2026, 2, 1), date(2026, 2, 2)
LIMITS = Limits(first_partition=date(2026, 1, 1), max_order_age_days=30)
Rows = list[tuple[str | None, ...]]
DISAGREE = "lines of one parcel disagree on "


class Pieces(SilverContract):
    """A piece of a parcel; what is said of the parcel may be empty."""

    parcel_id: pl.String = column("The parcel", required=True)
    piece: pl.Int32 = column("Number of the piece", required=True)
    sender: pl.String = column("Who sends it")
    payer: pl.String = column("Who pays for it")
    recipient: pl.String = column("Who gets it")

    class Config(SilverContract.Config):
        """A group whose columns may be null."""

        metadata = {  # noqa: RUF012
            "rules": TableRules(
                domain="post",
                table="pieces",
                key=("parcel_id", "piece"),
                group_key="parcel_id",
                agree_on=("sender", "payer", "recipient"),
            )
        }


class Letters(Pieces):
    """The same without a group."""

    class Config(Pieces.Config):
        """Only a key."""

        metadata = {  # noqa: RUF012
            "rules": TableRules(domain="post", table="letters", key=("parcel_id", "piece"))
        }


class PaidLetters(Letters):
    """Letters with money."""

    postage: Money = column("Paid for it", required=True)

    class Config(Letters.Config):
        """Says which column is the money."""

        metadata = {  # noqa: RUF012
            "rules": TableRules(
                domain="post", table="paid_letters", key=("parcel_id", "piece"), amount="postage"
            )
        }


def _judged(
    spark: SparkSession, contract: type[SilverContract], rows: Rows, days: list[date] | None = None
) -> DataFrame:
    received = [
        (row, None, None, n, day, "a.csv", datetime.now(UTC).replace(tzinfo=None))
        for n, (row, day) in enumerate(zip(rows, days or [DAY] * len(rows), strict=True))
    ]
    texts = ", ".join(f"{name}: string" for name in names(source_columns(contract)))
    found = [f"received struct<{texts}>", "malformed string", "record string", "row_id bigint"]
    landing = ["partition_date date", "source_file string", "ingested_at timestamp_ntz"]
    records = spark.createDataFrame(received, ", ".join([*found, *landing]))
    return judge_rows(records, contract, LIMITS)


def _found(
    spark: SparkSession, contract: type[SilverContract], rows: Rows, days: list[date] | None = None
) -> dict[int, list[str] | None]:
    """Reasons by number of the row; None for a row that is spare."""
    suspects = find_suspects(_judged(spark, contract, rows, days), contract)
    found = group_findings(suspects, contract).collect()
    return {row["row_id"]: None if row["is_spare"] else row["group_reasons"] for row in found}


def test_texts_that_differ_in_a_column_disagree_also_where_a_null_moves_them(spark: SparkSession) -> None:
    found = _found(spark, Pieces, [("P", "1", "Ada", "Bob", None), ("P", "2", None, "Ada", "Bob")])
    assert found == {0: [f"{DISAGREE}payer"], 1: [f"{DISAGREE}payer"]}


def test_a_null_agrees_with_every_text(spark: SparkSession) -> None:
    assert _found(spark, Pieces, [("P", "1", "Ada", None, None), ("P", "2", None, "Ada", "Bob")]) == {}


def test_every_row_of_a_group_that_disagrees_is_refused_for_that_alone(spark: SparkSession) -> None:
    rows: Rows = [
        ("P", "1", "Ada", "Bob", "Cy"),
        ("P", "1", "Ada", "Bob", "Cy"),
        ("P", "2", "Ann", "Bob", "Di"),
    ]
    expected = [f"{DISAGREE}sender", f"{DISAGREE}recipient"]
    assert _found(spark, Pieces, rows) == {0: expected, 1: expected, 2: expected}


def test_rows_refused_by_a_rule_of_their_own_say_nothing_about_their_group(spark: SparkSession) -> None:
    assert _found(spark, Pieces, [("P", "1", "Ada", None, None), ("P", "two", "Bob", None, None)]) == {}


@pytest.mark.parametrize(("contract", "expected"), [(Pieces, {1, 2, 3, 4, 6, 7}), (Letters, {1, 6, 7})])
def test_suspects_are_rows_refused_by_themselves_and_whole_groups_that_may_break_a_rule(
    spark: SparkSession, contract: type[SilverContract], expected: set[int]
) -> None:
    rows: Rows = [("O", "1", "Ada", None, None), ("O", "two", "Bob", None, None)]
    rows += [("P", "1", "Ada", None, None), ("P", "2", "Ada", None, None), ("P", "3", "Bob", None, None)]
    rows += [("Q", "1", "Ada", None, None), ("R", "1", "Ada", None, None), ("R", "1", "Ada", None, None)]
    suspects = find_suspects(_judged(spark, contract, rows), contract).collect()
    assert {row["row_id"] for row in suspects} == expected
    assert len(suspects) == len(expected)


@pytest.mark.parametrize("contract", [Pieces, Letters])
def test_equal_rows_are_spare_but_one_and_others_of_one_key_conflict(
    spark: SparkSession, contract: type[SilverContract]
) -> None:
    sender = "Ada" if contract is Pieces else "Bob"
    rows: Rows = [("P", "1", "Ada", None, None), (" P", "01", "Ada ", "", None)]
    rows += [("Q", "1", sender, "Bob", None), ("Q", "1", "Ada", None, None), ("Q", "2", None, None, None)]
    conflict = ["conflicting records for key (Q, 1)"]
    assert _found(spark, contract, rows) == {1: None, 2: conflict, 3: conflict}


def test_days_are_judged_each_by_itself(spark: SparkSession) -> None:
    rows: Rows = [("P", "1", "Ada", None, None), ("P", "1", "Ada", None, None), ("P", "2", "Bob", None, None)]
    found = _found(spark, Pieces, rows, [DAY, NEXT_DAY, DAY])
    assert found == {0: [f"{DISAGREE}sender"], 2: [f"{DISAGREE}sender"]}


def _tallies(
    spark: SparkSession, contract: type[SilverContract], rows: Rows, days: list[date]
) -> dict[tuple[str, date], Tally]:
    judged = _judged(spark, contract, rows, days)
    files = judged.groupBy("source_file", "partition_date").agg(*verdict_sums(contract)).collect()
    return tallies(files, group_findings(find_suspects(judged, contract), contract))


@pytest.mark.parametrize("contract", [PaidLetters, Letters])
def test_every_row_and_its_readable_money_is_tallied_once(
    spark: SparkSession, contract: type[SilverContract]
) -> None:
    # Kept, and a spare copy; two that conflict; refused, with and without readable money; another day.
    received = [
        ("P", "1", "Ada", "1.00", DAY),
        ("P", "1", "Ada", "1.0", DAY),
        ("Q", "1", "Ada", "2.00", DAY),
        ("Q", "1", "Bob", "4.00", DAY),
        ("R", "one", "Ada", "8.00", DAY),
        ("R", "two", "Ada", "much", DAY),
        ("P", "1", "Bob", "16.00", NEXT_DAY),
    ]
    is_paid = contract is PaidLetters
    rows: Rows = [
        (*key, sender, None, None, *([money] if is_paid else [])) for *key, sender, money, _ in received
    ]
    expected = {
        ("silver", DAY): (1, "1.00"),
        ("duplicate", DAY): (1, "1.00"),
        ("quarantined", DAY): (4, "14.00"),
        ("silver", NEXT_DAY): (1, "16.00"),
        ("quarantined", NEXT_DAY): (0, "0.00"),
    }
    assert _tallies(spark, contract, rows, [day for *_, day in received]) == {
        part: Tally(count, Decimal(money) if is_paid else Decimal(0))
        for part, (count, money) in expected.items()
    }
