"""The simulator's truth, against a judge that reads the written files."""

import csv
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from shop_simulator.marketplace import simulate
from shop_simulator.truth import DayTruth
from shop_simulator.world import OPENING
from tests.unit.file_judge import Judged, judge_day, parsed


def cents(lines: list[Judged]) -> int:
    return int(100 * sum(Decimal(str(line.values["total_amount"])) for line in lines))


@pytest.fixture(scope="module", params=[0, 1, 9], ids=lambda number: f"day-{number}")
def one_day(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[date, dict[str, bytes], DayTruth, Path]:
    partition = OPENING + timedelta(days=request.param)
    folder, objects, truths = tmp_path_factory.mktemp("truth"), {}, []
    simulate(
        partition,
        partition,
        orders_per_day=2000,
        put=objects.__setitem__,
        truth_dir=folder,
        on_day=truths.append,
    )
    files = {key.rsplit("/", 1)[1]: body for key, body in objects.items()}
    return partition, files, truths[0], folder


def test_counts_and_cents_are_those_in_the_files(
    one_day: tuple[date, dict[str, bytes], DayTruth, Path],
) -> None:
    partition, files, truth, _ = one_day
    good, duplicates, bad = judge_day(files, partition)
    assert len(good) == truth.good_lines
    assert len(duplicates) == truth.duplicate_lines > 0
    assert len(bad) == truth.quarantined_lines == len(truth.planted)
    assert len(good) + len(duplicates) + len(bad) == truth.records
    assert cents(good) == truth.total_amount_cents
    assert cents(duplicates) == truth.duplicate_amount_cents
    assert len({line.values["order_id"] for line in good}) == truth.orders


def test_what_is_bad_was_planted_and_has_its_reason(
    one_day: tuple[date, dict[str, bytes], DayTruth, Path],
) -> None:
    partition, files, truth, _ = one_day
    _, _, bad = judge_day(files, partition)
    unexplained = Counter()
    for plan in truth.planted:
        unexplained[plan["file"], plan["reason"]] += 1
    several = [record for record in bad if len(record.reasons) > 1]
    for record in bad:
        reason = next((r for r in record.reasons if unexplained[record.file, r] > 0), None)
        assert reason, f"{record.reasons} was not planted: {record.values}"
        unexplained[record.file, reason] -= 1
    assert not +unexplained
    arithmetic = {"price_negative", "quantity_negative", "total_negative", "discount_above_gross"}
    assert len(several) <= sum(truth.defects[kind] for kind in arithmetic)


def test_the_true_lines_are_the_good_ones(one_day: tuple[date, dict[str, bytes], DayTruth, Path]) -> None:
    partition, files, truth, folder = one_day
    good, _, _ = judge_day(files, partition)
    with (folder / "ecommerce" / f"{truth.date}.lines.csv").open(encoding="utf-8", newline="") as lines:
        told = {(row["order_id"], row["product_id"]): row for row in csv.DictReader(lines)}
    assert len(told) == len(good)
    for record in good:
        row = told[str(record.values["order_id"]), str(record.values["product_id"])]
        read = {name: parsed(Judged(""), name, text) if text else None for name, text in row.items()}
        assert read == record.values
