"""Uses the pipeline on a test's own database in the test's process: one of its own costs seconds."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from shopflow_assets.domains.shop import DATABASE
from shopflow_assets.environment import exported
from shopflow_assets.settings import settings
from shopflow_assets.sources.source import Landing
from spark_jobs.silver_table import SilverTable
from tests.harness.shop_source import ShopSource
from tests.harness.shop_tables import tables_of

DAY = timedelta(days=1)
TODAY = datetime.now(UTC).date()
# The first partition, which a simulated shop begins with.
FIRST = date(2026, 1, 1)
LEAVE_OUT = "leave the day out with `--skip-missing`, or the shop with `--domain`"


@contextmanager
def environment(source: ShopSource, **choices: str) -> Generator[None]:
    """Let this process have the settings of a pipeline for the source."""
    with exported(source.environment | choices):
        settings.cache_clear()
        try:
            yield
        finally:
            settings.cache_clear()


def landings(
    source: ShopSource, *days: date, at: datetime | None = None, **choices: str
) -> dict[date, Mapping[SilverTable, Landing]]:
    """Land days, now or as if it were another time."""
    tables = tables_of(source.name)
    with environment(source, **choices):
        return dict(DATABASE.land(tables, tables, days, at or datetime.now(UTC)))


def land(source: ShopSource, *days: date, at: datetime | None = None, **choices: str) -> dict[date, str]:
    """Land days, today without any; the problems by day."""
    by_day = landings(source, *(days or (TODAY,)), at=at, **choices)
    problems = {day: {landing.problem for landing in of_day.values()} for day, of_day in by_day.items()}
    assert all(len(of_day) == 1 for of_day in problems.values())
    return {day: problem for day, (problem,) in problems.items() if problem}


def snapshot(source: ShopSource, at: datetime | None = None, **choices: str) -> None:
    """Land the present rows."""
    with environment(source, **choices):
        DATABASE.snapshot(tables_of(source.name), at or datetime.now(UTC))


def news(source: ShopSource, *days: date, **choices: str) -> dict[date, set[str]]:
    """The tables that a run would land, by day; days without are left out."""
    with environment(source, **choices):
        by_day = DATABASE.news(tables_of(source.name), days)
    return {day: {table.rules.table for table in tables} for day, tables in by_day.items() if tables}


def changed_days(source: ShopSource, **choices: str) -> set[date]:
    """The days that a sensor would start a run for."""
    with environment(source, **choices):
        return set(DATABASE.changed_days(tables_of(source.name)))


def happens(source: ShopSource, at: datetime, *statements: str) -> None:
    """Let something happen in a simulated shop at an instant, in one transaction."""
    with source.connect() as shop, shop.transaction():
        shop.execute("select pg_logical_emit_message(true, 'shopflow.at', %s)", [f"{at.isoformat()}+00:00"])
        for statement in statements:
            shop.execute(statement.encode())
        shop.execute("delete from simulator.clock")
        shop.execute("insert into simulator.clock values (%s)", [at])
