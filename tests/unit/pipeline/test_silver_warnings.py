"""What a silver day is warned of: equal records in one file, and ids that a spreadsheet has written."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from spark_jobs.contracts.contract import SilverContract, column
from spark_jobs.contracts.rules import TableRules
from spark_jobs.contracts.table import table_of
from tests.unit.contracts.test_contract import GOOD
from tests.unit.pipeline.silver_days import silver_day


class Members(SilverContract):
    """A member of a day."""

    member_id: pl.String = column("The member", required=True, data_class="personal")

    class Config(SilverContract.Config):
        """Only a key."""

        metadata = {"rules": TableRules(domain="club", table="members", key=("member_id",))}  # noqa: RUF012


@pytest.fixture
def warnings(pipeline: Path):
    from shopflow_assets.checks.silver_warnings import warnings

    return warnings


def _orders(*ids: str) -> list[dict[str, Any]]:
    return [{**GOOD, "order_id": order_id, "product_id": f"P-{n}"} for n, order_id in enumerate(ids)]


def test_equal_records_of_one_file_are_counted_with_their_money(warnings) -> None:
    ledger = {"repeated_rows": 2, "repeated_amount": Decimal("10.00")}
    found = warnings(silver_day(ledger=ledger))["repeated_records"]
    assert (found.passed, found.is_warning) == (False, True)
    assert found.description.startswith("2 records are in a file again, total_amount 10.00: one of each was")


@pytest.mark.parametrize("ledger", [{"repeated_rows": 0, "repeated_amount": Decimal(0)}, {}])
def test_equal_records_of_two_files_are_no_warning(warnings, ledger: dict[str, Any]) -> None:
    # A ledger from before these columns has none.
    assert warnings(silver_day(ledger=ledger))["repeated_records"].passed


@pytest.mark.parametrize(
    ("ids", "shown"),
    [
        (["5001", "5001.0", "5002"], "2 ids look as if a spreadsheet had written them, or like another id: "
         "order_id 5001 and 5001.0;"),
        (["5001.0"], "order_id 5001.0;"),
        (['="00123"', "O-1"], 'order_id ="00123";'),
        (["'00123"], "order_id '00123;"),
        (["1.23457E+11"], "order_id 1.23457E+11;"),
        (["00123", "123", '"123"'], 'order_id "123" and 00123 and 123;'),
    ],
)  # fmt: skip
def test_ids_that_a_spreadsheet_has_written_or_that_are_alike_are_shown(
    warnings, ids: list[str], shown: str
) -> None:
    found = warnings(silver_day(rows=_orders(*ids)))["id_spelling"]
    assert (found.passed, found.is_warning) == (False, True)
    assert shown in found.description


def test_ids_of_one_spelling_pass(warnings) -> None:
    ids = ["00123", "00124", "1E5", "12.5", "O-1", "o-1", "0", "10", "v1.0"]
    assert warnings(silver_day(rows=_orders(*ids)))["id_spelling"].passed


def test_ids_of_persons_are_counted_and_not_shown(warnings) -> None:
    rows = pl.DataFrame({"member_id": ['="00123"', "ada"]})
    found = warnings(replace(silver_day(), table=table_of(Members), rows=rows))["id_spelling"]
    assert (found.passed, found.is_warning, found.metadata) == (False, True, {"ids": 1})
    assert "00123" not in found.description


def test_invisible_characters_of_an_id_are_shown(warnings) -> None:
    found = warnings(silver_day(rows=_orders("'50\u200b01")))["id_spelling"]
    assert "order_id '50\\u200b01;" in found.description
