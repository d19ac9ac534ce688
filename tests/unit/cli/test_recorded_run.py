"""Which run `shopflow diff` shows, and its message when there is none."""

from datetime import date
from typing import Any

import pytest

from local_stack.errors import NoSuchRunError
from shopflow_cli.runs.recorded_run import newest_run

FIRST, SECOND, THIRD = date(2026, 7, 1), date(2026, 7, 2), date(2026, 7, 3)
SILVER = (("silver", "ecommerce", "order_lines"), {"delta_version": "3"})
QUERIES = ["20260701_000000_00001_abcde", "20260701_000000_00002_abcde"]
GOLD = (("gold", "ecommerce", "orders"), {"trino_query_id": " ".join(QUERIES)})
BRONZE = (("bronze", "ecommerce", "order_lines"), {"dagster/partition_row_count": "3"})


class FakeWebserver:
    """Stands in for Dagster's record of runs."""

    def __init__(self, *runs: tuple[str, dict[str, str], list[Any]]) -> None:
        self.runs = runs

    def finished_runs(self) -> Any:
        for name, tags, _ in self.runs:
            listed = [{"key": key, "value": value} for key, value in tags.items()]
            yield {"runId": name, "status": "SUCCESS", "endTime": 1.0, "tags": listed}

    def materializations(self, run: str) -> list[Any]:
        return next(made for name, _, made in self.runs if name == run)


def over(first: date, last: date) -> dict[str, str]:
    return {
        "dagster/asset_partition_range_start": f"{first}",
        "dagster/asset_partition_range_end": f"{last}",
    }


def find(webserver: FakeWebserver, first: date, last: date) -> str:
    return newest_run(webserver, first, last).id  # ty: ignore[invalid-argument-type]


def test_the_newest_run_that_holds_all_the_days_is_taken() -> None:
    runs = FakeWebserver(
        ("other days", over(THIRD, THIRD), [SILVER]),
        ("newest", over(FIRST, SECOND), [SILVER, GOLD]),
        ("older", over(FIRST, SECOND), [SILVER, GOLD]),
    )
    assert find(runs, FIRST, SECOND) == "newest"
    assert find(runs, SECOND, SECOND) == "newest"


def test_a_run_of_a_single_partition_is_known_by_its_tag() -> None:
    runs = FakeWebserver(("scheduled", {"dagster/partition": f"{SECOND}"}, [GOLD]))
    assert find(runs, SECOND, SECOND) == "scheduled"


def test_runs_that_wrote_no_table_or_have_no_days_are_passed_over() -> None:
    runs = FakeWebserver(
        ("maintenance", {}, [GOLD]),
        ("bronze only", over(FIRST, FIRST), [BRONZE]),
        ("it", over(FIRST, FIRST), [GOLD]),
    )
    assert find(runs, FIRST, FIRST) == "it"


def test_what_the_run_wrote_is_kept_by_table() -> None:
    run = newest_run(FakeWebserver(("it", over(FIRST, FIRST), [BRONZE, SILVER, SILVER, GOLD])), FIRST, FIRST)  # ty: ignore[invalid-argument-type]
    assert run.versions == {("ecommerce", "order_lines"): {3}}
    assert run.queries == {("ecommerce", "orders"): set(QUERIES)}


def test_days_carried_in_parts_name_the_runs_to_ask_for() -> None:
    runs = FakeWebserver(("one", over(FIRST, FIRST), [SILVER]), ("two", over(SECOND, SECOND), [SILVER]))
    with pytest.raises(
        NoSuchRunError, match=f"shopflow diff {FIRST} {FIRST}\nshopflow diff {SECOND} {SECOND}"
    ):
        find(runs, FIRST, SECOND)


def test_days_that_nobody_carried_say_how_to_carry_them() -> None:
    with pytest.raises(NoSuchRunError, match=f"shopflow backfill {FIRST} {SECOND}"):
        find(FakeWebserver(), FIRST, SECOND)
