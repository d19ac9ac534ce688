"""Days as a person types them at the terminal."""

import re
from datetime import date

from local_stack.errors import DayError


def parse_day(text: str) -> date:
    """Read a day written YYYY-MM-DD.

    Raises:
        DayError: It is written otherwise, or there is no such day.
    """
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise DayError(f"'{text}' is not a day; write it as YYYY-MM-DD, such as 2026-01-01.")
