"""The simulator's truth, compared with the oracle, which reads the written files."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from shop_simulator.marketplace.simulation import simulate
from shop_simulator.marketplace.truth import DayTruth
from shop_simulator.world import OPENING
from spark_jobs.contracts.contract import names, source_columns
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.contracts.rules import Limits
from tests.oracle.received import read
from tests.oracle.silver import judge, open_oracle, receive, verdicts

pytestmark = pytest.mark.domain("ecommerce")

LIMITS = Limits(first_partition=OPENING)
COLUMNS = names(source_columns(OrderLines))
KEY = ["order_id", "product_id"]


@dataclass(frozen=True)
class SimulatedDay:
    """What the simulator says about a day, and what the oracle finds in the day's files."""

    truth: DayTruth
    meant: bytes
    good: pl.DataFrame
    bad: list[tuple[str, list[str]]]
    verdicts: Mapping[str, tuple[int, int]]


@pytest.fixture(scope="module", params=[0, 1, 9], ids=lambda number: f"day-{number}")
def simulated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SimulatedDay:
    day = OPENING + timedelta(days=request.param)
    folder, objects, truths = tmp_path_factory.mktemp("truth"), {}, []
    simulate(day, day, orders_per_day=2000, put=objects.__setitem__, truth_dir=folder, on_day=truths.append)
    files = {Path(key).name: body for key, body in objects.items() if Path(key).suffix in (".csv", ".jsonl")}
    judged = _judged(day, files)
    refused = "select _file, _reasons from order_lines_judged where _reasons <> [] order by all"
    return SimulatedDay(
        truth=truths[0],
        meant=(folder / "ecommerce" / f"{day}.lines.csv").read_bytes(),
        good=judged.table("order_lines").pl().sort(KEY),
        bad=judged.execute(refused).fetchall(),
        verdicts={
            went: (found.rows, int(100 * (found.amount or 0)))
            for (_, went), found in verdicts(judged, OrderLines).items()
        },
    )


def _judged(day: date, files: Mapping[str, bytes]) -> duckdb.DuckDBPyConnection:
    database = open_oracle(LIMITS)
    records = (record for name, body in files.items() for record in read(day, name, body, COLUMNS))
    receive(database, OrderLines, records)
    judge(database, OrderLines)
    return database


def test_counts_and_cents_are_those_in_the_files(simulated: SimulatedDay) -> None:
    truth, found = simulated.truth, simulated.verdicts
    assert found["silver"] == (truth.good_lines, truth.total_amount_cents)
    assert found["duplicate"] == (truth.duplicate_lines, truth.duplicate_amount_cents)
    assert truth.duplicate_lines > 0
    assert found["quarantined"][0] == truth.quarantined_lines == len(truth.planted)
    # `repeated` is a part of `duplicate`.
    assert sum(rows for went, (rows, _) in found.items() if went != "repeated") == truth.records
    assert simulated.good["order_id"].n_unique() == truth.orders


def test_what_is_bad_was_planted_and_has_its_reason(simulated: SimulatedDay) -> None:
    unexplained = Counter((planted["file"], planted["reason"]) for planted in simulated.truth.planted)
    for file, reasons in simulated.bad:
        # A planted reason ends where the bad value begins. A record's first reason is mostly the planted one.
        left = [start for (of, start), count in unexplained.items() if of == file and count]
        start = next((s for reason in reasons for s in left if reason.startswith(s)), None)
        assert start, f"{file}: {reasons} was not planted"
        unexplained[file, start] -= 1
    assert not +unexplained
    arithmetic = {"price_negative", "quantity_negative", "total_negative", "discount_above_gross"}
    several = sum(len(reasons) > 1 for _, reasons in simulated.bad)
    assert several <= sum(simulated.truth.defects[kind] for kind in arithmetic)


def test_the_true_lines_are_the_good_ones(simulated: SimulatedDay) -> None:
    meant = _judged(date.fromisoformat(simulated.truth.date), {"meant.csv": simulated.meant})
    assert {went for _, went in verdicts(meant, OrderLines)} == {"silver"}
    assert_frame_equal(meant.table("order_lines").pl().sort(KEY), simulated.good)
