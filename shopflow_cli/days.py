"""Reads a day that a person typed at the terminal."""

import re
from datetime import date

from local_stack.errors import DayError


def parse_day(text: str) -> date:
    """Read a day written YYYY-MM-DD.

    Raises:
        DayError: It has another form, or there is no such day.
    """
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise DayError(f"'{text}' is not a day. Write it as YYYY-MM-DD, for example 2026-01-01.")
