"""A server in the place of Dagster's webserver, and what asks it."""

from collections.abc import Iterator

import pytest

from local_stack.settings import Settings
from shopflow_cli.runs.dagster_api import Webserver
from tests.unit.cli.dagster_server import Answers, dagster_server


@pytest.fixture
def dagster() -> Iterator[Answers]:
    with dagster_server() as server:
        yield server


@pytest.fixture
def webserver(dagster: Answers) -> Webserver:
    return Webserver(Settings(dagster_port=dagster.server_port))
