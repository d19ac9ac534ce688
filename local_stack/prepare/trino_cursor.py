"""Queries to Trino while the stack's tables are created."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from local_stack.settings import Settings


@contextmanager
def trino_cursor(settings: Settings, catalog: str) -> Generator[Any]:
    """A cursor in a catalog of Trino."""
    from trino.dbapi import connect

    with connect(
        host=settings.trino_host, port=settings.trino_port, user="shopflow", catalog=catalog
    ) as connection:
        yield connection.cursor()


def relations(cursor: Any) -> set[tuple[str, str]]:
    """Schema and name of every table and view of the cursor's catalog."""
    listed = cursor.execute("select table_schema, table_name from information_schema.tables").fetchall()
    return {tuple(row) for row in listed}
