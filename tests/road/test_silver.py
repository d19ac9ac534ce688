"""Silver, its ledger and its quarantine against the simulator's truth."""

import json
from collections import Counter
from datetime import date
from typing import Any

import polars as pl
import pytest

from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.contracts.quality import Quarantine, RowLedger
from tests.harness.lakehouse import Lakehouse
from tests.road.carried import DAYS

pytestmark = pytest.mark.domain("ecommerce")

OF_DOMAIN = pl.col("domain") == "ecommerce"


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_counts_and_cents_of_silver_equal_the_truth(road: Lakehouse, day: date) -> None:
    truth = road.truth(day)
    silver = road.silver(OrderLines).filter(pl.col("partition_date") == day)
    assert silver.height == truth["good_lines"]
    assert silver["order_id"].n_unique() == truth["orders"]
    assert silver["total_amount"].cast(pl.Decimal(38, 2)).sum() * 100 == truth["total_amount_cents"]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_ledger_equals_the_truth(road: Lakehouse, day: date) -> None:
    truth = road.truth(day)
    [ledger] = road.silver(RowLedger).filter(OF_DOMAIN, pl.col("partition_date") == day).to_dicts()
    assert ledger["bronze_rows"] == truth["records"]
    assert ledger["duplicate_rows"] == truth["duplicate_lines"]
    assert ledger["quarantined_rows"] == truth["quarantined_lines"]
    assert ledger["duplicate_amount"] * 100 == truth["duplicate_amount_cents"]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_silver_holds_exactly_the_lines_that_were_meant(road: Lakehouse, day: date) -> None:
    meant = road.stack.home.path / "truth" / "ecommerce" / f"{day}.lines.csv"
    expected = pl.read_csv(meant, infer_schema=False)
    silver = road.silver(OrderLines).filter(pl.col("partition_date") == day).select(expected.columns)
    expected = expected.with_columns(
        pl.col("order_date").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us"),
        pl.col("registration_date").str.to_date(),
    ).cast(dict(silver.schema))
    key = ["order_id", "product_id"]
    assert silver.sort(key).equals(expected.sort(key))


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_planted_defect_is_in_quarantine_with_its_reason_and_nothing_else(
    road: Lakehouse, day: date
) -> None:
    found = road.silver(Quarantine).filter(OF_DOMAIN, pl.col("partition_date") == day).to_dicts()
    refused = [(_record(row["record"]), row["reasons"]) for row in found]
    for planted in road.truth(day)["planted"]:
        sent = _plain(planted["sent"]) if "sent" in planted else _record_of_raw(planted["raw"])
        match = next((r for r in refused if _holds(*r, sent, planted["reason"])), None)
        assert match, planted
        refused.remove(match)
    assert refused == []


def test_a_simulated_day_is_noted_as_such_in_its_manifest(road: Lakehouse) -> None:
    assert road.manifest(DAYS[0]).is_simulated
    assert road.manifest(DAYS[0]).hours_late > 24


def test_delta_keeps_statistics_of_the_key_and_of_what_is_not_text(road: Lakehouse) -> None:
    entries = road.delta(OrderLines).get_add_actions(flatten=True)
    known = {name.removeprefix("min.") for name in entries.column_names}
    assert {"order_id", "product_id", "order_date", "registration_date", "quantity", "price"} < known
    assert not known & {"customer_id", "email", "address", "product_name", "order_status", "source_file"}


def test_every_kind_of_reason_occurs(road: Lakehouse) -> None:
    kinds = Counter(planted["kind"] for day in DAYS for planted in road.truth(day)["planted"])
    assert len(kinds) > 40


def _record(text: str) -> dict[str, str]:
    return _plain(json.loads(text, parse_float=str, parse_int=str))


def _record_of_raw(raw: str) -> dict[str, str]:
    try:
        return _record(raw)
    except (ValueError, AttributeError):
        return {"malformed": raw.strip()}


def _plain(record: dict[str, Any]) -> dict[str, str]:
    return {
        name: str(value).strip() for name, value in record.items() if value is not None and str(value).strip()
    }


def _holds(record: dict[str, str], reasons: list[str], sent: dict[str, str], reason: str) -> bool:
    """Whether the record is the one sent, perhaps with an unknown key, and was refused for the reason."""
    return sent.items() <= record.items() and any(found.startswith(reason) for found in reasons)
