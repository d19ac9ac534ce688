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
    with urlopen(
        Request(f"http://{HOST}:{port}/v1/query/{query_id}", headers={"X-Trino-User": "test"})
    ) as answer:
        return json.load(answer)["queryStats"]["physicalInputPositions"]
