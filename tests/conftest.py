"""The real engines in a home of their own, once per test session, stopped at its end however it ends."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from local_stack.home import Home
from spark_jobs.session import connect
from tests.harness.stack import Stack


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """Everything up; the folder is kept for a look when a test failed."""
    # A terminated test run is to stop its engines as an interrupted one does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="sf-"))
    running = Stack(Home(folder / "home"))
    try:
        running.shopflow("up")
        yield running
    finally:
        running.attempt("down")
        if not request.session.testsfailed:
            shutil.rmtree(folder)


@pytest.fixture(scope="module")
def spark(stack: Stack) -> Iterator[SparkSession]:
    """A client of the stack's Spark, for tests of what an expression does."""
    session = connect(stack.settings.spark_remote)
    yield session
    session.stop()
