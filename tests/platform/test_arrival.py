"""Whatever the order of arrival, and whatever is killed on the way: gold comes out as one clean build."""

import csv
import io
import subprocess
from datetime import date

import psutil
import pytest

from tests.harness.automation import newest_run, wait_for_step
from tests.harness.lakehouse import Hashes, Lakehouse, days
from tests.harness.stack import Stack, eventually

ONE, TWO, THREE = days(3)
ORDERS = "120"
# A day of so few orders holds every kind of defect, which is more than the share that is usual.
LENIENT = ("--max-quarantined-share", "0.5")


@pytest.fixture(scope="module")
def lakehouse(stack: Stack) -> Lakehouse:
    return Lakehouse(stack)


@pytest.fixture(scope="module")
def clean_build(lakehouse: Lakehouse) -> Hashes:
    """Gold after one run over the days as they were delivered in the end."""
    lakehouse.empty()
    lakehouse.simulate(ONE, THREE, ORDERS)
    _deliver_shorter(lakehouse, TWO)
    lakehouse.backfill(ONE, THREE, *LENIENT)
    return lakehouse.hashes()


@pytest.fixture
def delivered(lakehouse: Lakehouse, clean_build: Hashes) -> Lakehouse:
    """An empty lakehouse with the days as they were delivered in the end."""
    lakehouse.empty()
    lakehouse.simulate(ONE, THREE, ORDERS)
    _deliver_shorter(lakehouse, TWO)
    assert lakehouse.hashes()["orders"][0] == 0
    return lakehouse


def test_a_clean_build_holds_every_day(clean_build: Hashes) -> None:
    assert clean_build["business_metrics"][0] == 3
    assert clean_build["orders"][0] > 200


def test_days_shuffled_repeated_and_delivered_again_with_fewer_lines(
    lakehouse: Lakehouse, clean_build: Hashes
) -> None:
    lakehouse.empty()
    lakehouse.simulate(ONE, THREE, ORDERS)
    for day in (THREE, ONE, THREE, TWO):
        lakehouse.backfill(day, day, *LENIENT)
    assert lakehouse.hashes() != clean_build
    _deliver_shorter(lakehouse, TWO)
    lakehouse.backfill(TWO, TWO, *LENIENT)
    assert lakehouse.hashes() == clean_build
    lakehouse.backfill(ONE, THREE, *LENIENT)
    assert lakehouse.hashes() == clean_build


@pytest.mark.parametrize(
    ("service", "step"), [("spark", "silver__ecommerce__order_lines"), ("trino", "gold")]
)
def test_an_engine_killed_in_the_middle_of_a_backfill(
    delivered: Lakehouse, clean_build: Hashes, service: str, step: str
) -> None:
    stack = delivered.stack
    victim = psutil.Process(stack.status()[service]["pid"])
    before = newest_run(stack)["runId"]
    with subprocess.Popen(**stack.command("backfill", f"{ONE}", f"{THREE}", *LENIENT)) as backfill:
        wait_for_step(stack, before, step)
        victim.kill()
        backfill.wait(timeout=300)

    def healthy_again() -> None:
        assert stack.attempt("status").returncode == 0

    eventually(healthy_again, seconds=180)
    delivered.backfill(ONE, THREE, *LENIENT)
    assert delivered.hashes() == clean_build


def _deliver_shorter(lakehouse: Lakehouse, day: date) -> None:
    """Deliver the day's files again without every fifth record."""
    rows = list(csv.reader(io.StringIO(lakehouse.delivered(day, "orders.csv"))))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(row for n, row in enumerate(rows) if n % 5 or n == 0)
    lakehouse.deliver(day, "orders.csv", text.getvalue())
    lines = lakehouse.delivered(day, "orders.jsonl").splitlines(keepends=True)
    lakehouse.deliver(day, "orders.jsonl", "".join(line for n, line in enumerate(lines) if n % 5))
