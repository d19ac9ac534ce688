"""Runs the tests' statements in Trino."""

import json
from typing import Any
from urllib.request import Request, urlopen

from trino import dbapi

from local_stack.settings import HOST

Row = dict[str, Any]


def run(port: int, *statements: str) -> list[Row]:
    """Run statements in one session; returns the rows of the last one as dicts."""
    rows: list[Row] = []
    with dbapi.connect(host=HOST, port=port, user="test") as connection:
        for statement in statements:
            cursor = connection.cursor().execute(statement)
            names = [column.name for column in cursor.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return rows


def rows_read(port: int, query_id: str) -> int:
    """How many rows a statement read from files."""
    return _asked(port, f"/{query_id}")["queryStats"]["physicalInputPositions"]


def statements(port: int) -> list[dict[str, Any]]:
    """The statements that Trino still knows, as it describes them."""
    return _asked(port, "")


def _asked(port: int, path: str) -> Any:
    request = Request(f"http://{HOST}:{port}/v1/query{path}", headers={"X-Trino-User": "test"})
    with urlopen(request) as answer:
        return json.load(answer)
