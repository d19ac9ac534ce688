"""`shopflow sql`: one statement on Trino, its rows as a table, CSV or JSON.

Values stay as exact as Trino writes them: decimals and times are never turned into floats or cut.
"""

import csv
import json
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, TextIO

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from local_stack.errors import QueryError, TrinoUnreachableError
from local_stack.home import Home
from local_stack.services.supervision import settings_to_use

NULL = Text("null", style="dim italic")


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True)
class Rows:
    """A running answer: its columns (none for a statement without rows), their types, the rows to come."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: Iterator[Sequence[Any]]


def run_query(home: Home, statement: str, form: Format = Format.TABLE, out: TextIO | None = None) -> None:
    """Run a statement (`-` reads it from standard input) and write its rows to `out`, by default stdout.

    Raises:
        QueryError: Trino refused the statement, or does not answer.
    """
    text = sys.stdin.read() if statement == "-" else statement
    with answer(home, text) as rows:
        if form is Format.JSON and len(set(rows.columns)) < len(rows.columns):
            twice = next(name for name in rows.columns if rows.columns.count(name) > 1)
            raise QueryError(f"Two columns are called '{twice}', and JSON takes one: name them with AS.")
        if not rows.columns:
            for _ in rows.rows:
                pass
        else:
            write_rows(rows, form, out or sys.stdout)


def write_rows(rows: Rows, form: Format, out: TextIO) -> None:
    """Write rows in the form that was asked for."""
    if form is Format.CSV:
        _write_csv(rows, out)
    elif form is Format.JSON:
        _write_json(rows, out)
    else:
        _write_table(rows, out)


def fetch(home: Home, statement: str) -> list[Sequence[Any]]:
    """Return all rows of a statement; decimals and times as Trino's own texts."""
    with answer(home, statement) as rows:
        return list(rows.rows)


def column_types(home: Home, relation: str) -> dict[str, str]:
    """Return the columns of a relation with Trino's types; reads no row."""
    with answer(home, f"select * from {relation} where false") as rows:
        list(rows.rows)
        return dict(zip(rows.columns, rows.types, strict=True))


@contextmanager
def answer(home: Home, statement: str) -> Generator[Rows]:
    """Run a statement in catalog `gold`, and cancel it when the reader stops early.

    Raises:
        QueryError: Trino refused the statement, or does not answer.
    """
    import requests
    from trino.dbapi import connect
    from trino.exceptions import Error, TrinoQueryError

    settings = settings_to_use(home)
    host, port = settings.trino_host, settings.trino_port
    # Primitive types as sent: a decimal is a text, so that no digit is lost on the way to the screen.
    options = {"catalog": "gold", "timezone": "UTC", "legacy_primitive_types": True, "max_attempts": 3}
    with closing(connect(host=host, port=port, user="shopflow", http_scheme="http", **options)) as connection:
        cursor = connection.cursor()
        try:
            cursor.execute(statement.strip().rstrip(";"))
            columns = cursor.description or []
            yield Rows(
                columns=tuple(column[0] for column in columns),
                types=tuple(column[1] for column in columns),
                rows=iter(cursor.fetchone, None),
            )
        except TrinoQueryError as error:
            raise QueryError(f"{error.error_name}: {error.message}") from error
        except (requests.RequestException, Error) as error:
            raise TrinoUnreachableError(
                f"Trino does not answer on port {port}, is the stack up? {error}"
            ) from error
        finally:
            cursor.close()


def command(
    statement: Annotated[str, typer.Argument(help="One SQL statement for Trino; `-` reads it from stdin.")],
    form: Annotated[Format, typer.Option("--format", help="How to write the rows.")] = Format.TABLE,
) -> None:
    """Ask Trino, e.g. `shopflow sql "select * from gold.quality.published_days order by 1, 2"`.

    Catalogs are `gold` (the default), `silver` and `bronze`. Decimals stay exact; in JSON they are texts.
    """
    run_query(Home.current(), statement, form)


def _write_table(rows: Rows, out: TextIO) -> None:
    table = Table(header_style="bold")
    for name, kind in zip(rows.columns, rows.types, strict=True):
        table.add_column(name, justify="right" if _is_number(kind) else "left", overflow="fold")
    for row in rows.rows:
        table.add_row(*(NULL if value is None else Text(_text(value)) for value in row))
    console = Console(file=out, highlight=False)
    if not console.is_terminal:
        console.width = 100_000  # in a pipe there is no edge to fold at
    console.print(table)
    console.print(f"{table.row_count} {'row' if table.row_count == 1 else 'rows'}")


def _write_csv(rows: Rows, out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows.columns)
    writer.writerows([None if value is None else _text(value) for value in row] for row in rows.rows)


def _write_json(rows: Rows, out: TextIO) -> None:
    """Write a list of objects, one per line; decimals as texts, as JSON's readers take numbers as floats."""
    separator = "["
    for row in rows.rows:
        fields = dict(zip(rows.columns, row, strict=True))
        out.write(f"{separator}{json.dumps(fields, ensure_ascii=False, default=str)}")
        separator = ",\n "
    out.write("[]\n" if separator == "[" else "]\n")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _is_number(kind: str) -> bool:
    return kind.startswith(("decimal", "double", "real")) or kind.endswith("int") or kind == "integer"
