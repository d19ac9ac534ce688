"""What all tests share: their tiers and domains, and one stack of real engines per test run.

A tier is a folder (`tests/<tier>/`); `tests/<tier>/<domain>/` holds its tests of one domain. A test that
takes contracts or models as parameters marks each parameter with its domain.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from shopflow_assets.registry import DOMAINS
from spark_jobs.session import connect
from tests.harness.stack import Stack

HERE = Path(__file__).parent
# In this order: quick tests first. Tests that kill engines come last: after them the engines are cold.
TIERS = ("unit", "spark", "gold", "road", "platform")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--domain", help="Run only the tests of this domain.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        tier, *folders = item.path.relative_to(HERE).parts
        item.add_marker(tier)
        for domain in DOMAINS.keys() & folders:
            item.add_marker(pytest.mark.domain(domain))
    items.sort(key=lambda item: (_tier(item), item.get_closest_marker("kills") is not None))
    if asked := config.getoption("domain"):
        if asked not in DOMAINS:
            raise pytest.UsageError(f"no domain {asked!r}; there are: {', '.join(DOMAINS)}")
        others = [item for item in items if asked not in _domains(item)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if asked in _domains(item)]


def _tier(item: pytest.Item) -> int:
    return TIERS.index(item.path.relative_to(HERE).parts[0])


def _domains(item: pytest.Item) -> set[str]:
    return {mark.args[0] for mark in item.iter_markers("domain")}


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """A running stack in a home of its own; its folder is kept when a test failed.

    To run a few tests again and again, set SHOPFLOW_TEST_HOME to a folder: its stack is started if it is
    down, and left running.
    """
    # A terminated test run must stop its engines, as an interrupted one does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if kept := os.environ.get("SHOPFLOW_TEST_HOME"):
        running = Stack.in_folder(Path(kept).absolute())
        running.shopflow("up")
        yield running
        return
    folder = Path(tempfile.mkdtemp(prefix="sf-"))
    running = Stack.in_folder(folder)
    try:
        running.shopflow("up")
        yield running
    finally:
        running.attempt("down")
        if not request.session.testsfailed:
            shutil.rmtree(folder)


@pytest.fixture(scope="module")
def spark(stack: Stack) -> Iterator[SparkSession]:
    """A client of the stack's Spark, for tests of single expressions."""
    session = connect(stack.settings.spark_remote)
    yield session
    session.stop()


def pytest_sessionfinish(session: pytest.Session) -> None:
    # A tier may have no test of a domain.
    if session.config.getoption("domain") and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK
