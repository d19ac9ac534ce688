"""Which part of a text `shopflow sql` sends to Trino as the statement."""

import pytest

from local_stack.errors import QueryError
from shopflow_cli.query import one_statement


@pytest.mark.parametrize("text", ["", " \n\t", ";", " ; ;\n", "-- a note", "/* a; b */", "-- a\n;"])
def test_a_text_without_a_statement_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="no statement to run"):
        one_statement(text)


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("select 1;", "select 1"),
        ("select 1 ; ;\n", "select 1"),
        ("select 1; -- done;", "select 1"),
        ("-- first\nselect 'ü;' as x; /* end */", "-- first\nselect 'ü;' as x"),
        (r"select 'a\' as x, 'b;c--' as y", r"select 'a\' as x, 'b;c--' as y"),
        ('select 1 as "a;b"', 'select 1 as "a;b"'),
        ("select 1; select 2;", "select 1; select 2"),
        ("select 'open;", "select 'open;"),
    ],
)
def test_what_follows_a_statement_is_left_out(text: str, statement: str) -> None:
    assert one_statement(text) == statement
