"""How a received text is read, whatever the table: what is trimmed, what is no value, what has which form.

Spark, Pandera, the strict reader and the data dictionary take it from here.
"""

from datetime import date

# Trimmed from both ends of a text, together with the invisible characters below: Unicode's White_Space.
_WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Soft hyphen, zero-width characters, marks of direction, byte-order mark.
_INVISIBLE = "\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"


def _listed(characters: str) -> str:
    """All characters, those between the ends of a range too."""
    listed, rest = "", characters
    while rest:
        is_range = rest[1:2] == "-"
        last = rest[2] if is_range else rest[0]
        listed += "".join(map(chr, range(ord(rest[0]), ord(last) + 1)))
        rest = rest[3:] if is_range else rest[1:]
    return listed


# A text with nothing left after trimming is an empty value.
BLANKS = _listed(_WHITE_SPACE + _INVISIBLE)
# What tools write where they have no value, in lower case. A required column refuses them.
PLACEHOLDERS = ("nan", "null", "none", r"\n", "n/a")
# An older date is a placeholder. One row of the year 1 would make cohorts of 24,000 months, and an offset
# could move it into the year 0, on which Trino's Python clients fail.
EARLIEST = date(1900, 1, 1)
# One @ with text on both sides, and a dot after it. The blanks are listed because \s means ASCII blanks in
# Java and Unicode blanks in Rust.
EMAIL = r"^[^@ \t\r\n]+@[^@ \t\r\n]+\.[^@ \t\r\n]+$"
DATE_FORM = "YYYY-MM-DD"
# For the reason of a refused text. It must not contain " (" or ": " (see `reasons`).
TIMESTAMP_FORM = f"{DATE_FORM} HH:MM[:SS[.ffffff]][Z or ±HH[:MM]]"
