"""Reads the rows of a watermark window."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shopflow_assets.sources.database.server.connection import copied_rows

if TYPE_CHECKING:
    import psycopg
    from psycopg.sql import Composed

WATERMARK = "updated_at"
# A transaction that was still open when its day was read is found by the next day's window, unless it was
# open for longer than this.
OVERLAP = timedelta(hours=2)
# Microseconds from the first instant that PostgreSQL knows, so that no place is negative. Without a time of
# the last change (null, infinity) the place is 0: before all others.
_SECONDS_BEFORE_1970 = 210_866_803_200
_PLACE = f"""case when isfinite(updated_at)
    then trunc((extract(epoch from updated_at) + {_SECONDS_BEFORE_1970}) * 1000000)::text else '0' end"""


@dataclass(frozen=True)
class Window:
    """Rows changed at or after `start` and before `end`. Without a start: all rows before `end`.

    Such a window also has the rows that have no time of their last change. Without an end, it has all rows.
    """

    start: datetime | None
    end: datetime | None

    @property
    def first_place(self) -> int:
        """The place of a row that was changed at the start."""
        if self.start is None:
            return 0
        return (int(self.start.timestamp()) + _SECONDS_BEFORE_1970) * 1_000_000

    def condition(self) -> "Composed":
        """The window as a condition of SQL."""
        from psycopg import sql

        if self.end is None:
            return sql.Composed([sql.SQL("true")])
        before = sql.SQL("updated_at < {}").format(sql.Literal(self.end))
        if self.start is None:
            return sql.SQL("({} or updated_at is null or not isfinite(updated_at))").format(before)
        return sql.SQL("({} and updated_at >= {})").format(before, sql.Literal(self.start))


def rows_of_window(
    sql: "psycopg.Connection[Any]", schema: str, table: str, columns: tuple[str, ...], window: Window
) -> Iterator[tuple[int, tuple[str | None, ...]]]:
    """The place and the texts of each row of the window, in the order of the changes."""
    from psycopg import sql as statements

    query = statements.SQL("select {}, {} from {} where {} order by updated_at").format(
        statements.SQL(_PLACE),
        statements.SQL(", ").join(map(statements.Identifier, columns)),
        statements.Identifier(schema, table),
        window.condition(),
    )
    for place, *texts in copied_rows(sql, query):
        yield int(str(place)), tuple(texts)


def recent_changes(sql: "psycopg.Connection[Any]", schema: str, table: str, at: datetime) -> str:
    """Number and sum of the times of change, from the overlap before an instant on.

    After a change that a window at this instant did not see, it is another text.
    """
    from psycopg import sql as statements

    query = statements.SQL(
        "select count(*) || ' ' || coalesce(sum(extract(epoch from updated_at)), 0) from {}"
        " where updated_at >= {} and isfinite(updated_at)"
    ).format(statements.Identifier(schema, table), statements.Literal(at - OVERLAP))
    [(text,)] = sql.execute(query).fetchall()
    return text


def rows_without_time(sql: "psycopg.Connection[Any]", schema: str, table: str) -> int:
    """How many rows no window can hold."""
    from psycopg import sql as statements

    query = statements.SQL("select count(*) from {} where updated_at is null or not isfinite(updated_at)")
    [(rows,)] = sql.execute(query.format(statements.Identifier(schema, table))).fetchall()
    return rows
