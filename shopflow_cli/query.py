"""`shopflow sql`: runs one statement on Trino and writes its rows as a table, CSV or JSON.

Values stay exact: decimals and times are written as Trino sends them.
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
    """The result of a running statement; a statement that returns no rows has no columns."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: Iterator[Sequence[Any]]


def run_query(home: Home, statement: str, form: Format = Format.TABLE, out: TextIO | None = None) -> None:
    """Run a statement (`-` reads it from standard input) and write its rows to `out`, by default stdout.

    Raises:
        QueryError: The statement is empty, Trino refused it, or Trino does not answer.
    """
    text = one_statement(sys.stdin.read() if statement == "-" else statement)
    with answer(home, text) as rows:
        if form is Format.JSON and len(set(rows.columns)) < len(rows.columns):
            duplicate = next(name for name in rows.columns if rows.columns.count(name) > 1)
            raise QueryError(
                f"Two columns are called '{duplicate}', which JSON does not allow. Rename one with AS."
            )
        if not rows.columns:
            for _ in rows.rows:
                pass
        else:
            write_rows(rows, form, out or sys.stdout)


def one_statement(text: str) -> str:
    """The statement without what may follow it at its end: semicolons, comments, blanks.

    Raises:
        QueryError: There is nothing else in the text.
    """
    from sqlglot import tokenize
    from sqlglot.errors import TokenError
    from sqlglot.tokens import TokenType

    try:
        ends = [
            token.end for token in tokenize(text, read="trino") if token.token_type != TokenType.SEMICOLON
        ]
    except TokenError:
        return text  # Trino says what is wrong.
    if not ends:
        raise QueryError('There is no statement to run. Write one, for example: shopflow sql "show schemas"')
    return text[: ends[-1] + 1]


def write_rows(rows: Rows, form: Format, out: TextIO) -> None:
    """Write rows in this format."""
    if form is Format.CSV:
        _write_csv(rows, out)
    elif form is Format.JSON:
        _write_json(rows, out)
    else:
        _write_table(rows, out)


def fetch(home: Home, statement: str) -> list[Sequence[Any]]:
    """Return all rows of a statement; decimals and times are strings, as Trino sends them."""
    with answer(home, statement) as rows:
        return list(rows.rows)


def column_types(home: Home, relation: str) -> dict[str, str]:
    """Return the columns of a relation with their Trino types, without reading rows."""
    with answer(home, f"select * from {relation} where false") as rows:
        list(rows.rows)
        return dict(zip(rows.columns, rows.types, strict=True))


@contextmanager
def answer(home: Home, statement: str) -> Generator[Rows]:
    """Run a statement in catalog `gold`, and cancel it when the caller stops reading.

    Raises:
        QueryError: Trino refused the statement, or does not answer.
    """
    import requests
    from trino.dbapi import connect
    from trino.exceptions import Error, TrinoQueryError

    settings = settings_to_use(home)
    address = {"host": settings.trino_host, "port": settings.trino_port, "http_scheme": "http"}
    # Values stay as Trino sends them: a decimal is a string, so no digit is lost.
    options = {"catalog": "gold", "timezone": "UTC", "legacy_primitive_types": True, "max_attempts": 3}
    with closing(connect(**address, user="shopflow", **options)) as connection:
        cursor = connection.cursor()
        try:
            cursor.execute(statement)
            columns = cursor.description or []
            yield Rows(
                columns=tuple(column[0] for column in columns),
                types=tuple(column[1] for column in columns),
                rows=iter(cursor.fetchone, None),
            )
        except TrinoQueryError as error:
            # The body of a function has semicolons too, so only Trino can tell that there are two statements.
            several = "\nRun one statement at a time." if "mismatched input ';'" in error.message else ""
            raise QueryError(f"{error.error_name}: {error.message}{several}") from error
        except (requests.RequestException, Error) as error:
            raise TrinoUnreachableError("Trino", error) from error
        finally:
            cursor.close()


def command(
    statement: Annotated[
        str, typer.Argument(help="One SQL statement for Trino; `-` reads it from standard input.")
    ],
    form: Annotated[Format, typer.Option("--format", help="Format of the rows.")] = Format.TABLE,
) -> None:
    """Run SQL on Trino, e.g. `shopflow sql "select * from gold.quality.published_days order by 1, 2"`.

    Catalogs are `gold` (the default), `silver` and `bronze`. Decimals stay exact; in JSON they are strings.
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
        console.width = 100_000  # A pipe has no width to fold at.
    console.print(table)
    console.print(f"{table.row_count} {'row' if table.row_count == 1 else 'rows'}")


def _write_csv(rows: Rows, out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows.columns)
    writer.writerows([None if value is None else _text(value) for value in row] for row in rows.rows)


def _write_json(rows: Rows, out: TextIO) -> None:
    """Write a list of objects, one per line. Decimals are strings: JSON readers make numbers floats."""
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
