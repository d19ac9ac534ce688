"""A long run comes to gold in batches of days: same tables, same records per day as in one batch."""

import re
from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from shopflow_cli.runs.dagster_api import Webserver
from shopflow_cli.runs.recorded_run import newest_run
from shopflow_cli.runs.run_report import RunReport
from spark_jobs.contracts.quality import RowLedger
from spark_jobs.contracts.table import table_of
from tests.harness.automation import run_assets
from tests.platform.deliveries.carrier import Carrier

PARCELS = ("gold", "post", "parcels")
LIMIT = "parcels_postage_is_below_a_thousand"


@pytest.fixture
def days(carried_days: list[date]) -> list[date]:
    return carried_days


def carry(carrier: Carrier, days: list[date], rows_at_once: int) -> RunReport:
    """Bring the days to gold in batches of at most `rows_at_once` rows."""
    return run_assets(
        carrier.stack,
        days[0],
        days[-1],
        assets=carrier.gold_assets(),
        checks=[(PARCELS, LIMIT)],
        is_forced=True,
        config={"ops": {"post_gold": {"config": {"rows_at_once": rows_at_once}}}},
    )


def merges(carrier: Carrier, days: list[date]) -> list[str]:
    """The ids of the statements that merged into parcels in the newest run over the days."""
    run = newest_run(Webserver(carrier.stack.settings), days[0], days[-1])
    return list(run.queries["post", "parcels"])


def damage_gold(carrier: Carrier, days: list[date]) -> None:
    """Damage gold: some days are missing in some tables, and one day has wrong values."""
    for table in ("parcels", "scans"):
        between = f"source_partition_date between date '{days[1]}' and date '{days[-1]}'"
        carrier.sql(f"delete from gold.post.{table} where {between}")
    wrong = f"source_partition_date = date '{days[0]}'"
    carrier.sql(f"update gold.post.parcels set postage = postage + 1 where {wrong}")


def test_a_run_of_few_rows_is_one_batch(carrier: Carrier, days: list[date]) -> None:
    assert len(merges(carrier, days)) == 1
    assert carrier.gold() == carrier.expected()


def test_batches_of_days_give_the_tables_of_one(carrier: Carrier, days: list[date]) -> None:
    before = carrier.hashes()
    damage_gold(carrier, days)
    of_days = (pl.col("domain") == "post") & pl.col("partition_date").is_in(days[:2])
    ledger = carrier.silver(RowLedger).filter(of_days)
    report = carry(carrier, days, int(ledger["silver_rows"].sum()))
    assert (report.status, report.failed_steps) == ("SUCCESS", {})
    assert carrier.hashes() == before
    assert len(merges(carrier, days)) == 2
    assert {tuple(made) for made in report.days.values()} == {tuple(map(str, days))}
    assert [check.day for check in report.checks.values()] == list(map(str, days))


def test_the_command_takes_the_size_of_a_batch_and_all_batches_read_one_version_of_silver(
    carrier: Carrier, days: list[date]
) -> None:
    before = carrier.hashes()
    damage_gold(carrier, days)
    carrier.backfill(days[0], days[-1], "--rows-at-once", "1", "--force")
    assert carrier.hashes() == before
    assert len(merges(carrier, days)) == 3
    by_table = newest_run(Webserver(carrier.stack.settings), days[0], days[-1]).queries
    queries = ", ".join(f"'{query}'" for of_table in by_table.values() for query in of_table)
    statements = carrier.sql(f"select query from system.runtime.queries where query_id in ({queries})")
    read = re.findall(r'"silver"[.]"post"[.]"parcels"(.*)', "\n".join(s["query"] for s in statements))
    version = carrier.delta(carrier.contract).version()
    assert len(read) >= len(days)
    assert {words.split(" where")[0].strip() for words in read} == {f"for version as of {version}"}


@pytest.fixture
def spoiled(carrier: Carrier, days: list[date]) -> Iterator[Carrier]:
    """A parcel of the second day that breaks a test of gold."""
    where = f"partition_date = date '{days[1]}' and parcel_id = 'P-{days[1]}-05'"
    with carrier.spoiled_and_put_back():
        carrier.spark(f"update {table_of(carrier.contract).in_sql} set postage = 1000 where {where}")
        yield carrier


def test_a_batch_that_fails_is_named_and_the_others_are_built(spoiled: Carrier, days: list[date]) -> None:
    report = carry(spoiled, days, 1)
    assert report.status == "FAILURE"
    assert [(check.day, check.passed) for check in report.checks.values()] == [
        (f"{day}", day != days[1]) for day in days
    ]
    [why] = report.failed_steps.values()
    assert f"{days[1]}: {LIMIT}" in why
    assert f"{days[0]}" not in why
    assert f"{days[2]}" not in why
    all_days = set(map(str, days))
    assert set(report.days["gold/post/parcels"]) == all_days
    # It is made of parcels, and the parcels of that day failed their test.
    assert set(report.days["gold/post/postage_by_day"]) == all_days - {f"{days[1]}"}
    # It is made of all days, and one of them is missing.
    assert "gold/post/senders" not in report.days
