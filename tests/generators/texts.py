"""Odd texts for each type of column, written by hand, each with its value or `REFUSED`.

A number has all its written digits; whether they fit depends on the column's type.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

REFUSED: Final = "refused"
PLACEHOLDER: Final = "a placeholder"
# An instant that Python cannot hold: only a column with a lower bound can refuse it.
BEFORE_YEAR_ONE: Final = datetime.min
# Not all: a blank of each kind.
BLANKS = " \t\r\n\v\f\x85\xa0\u1680\u2003\u2028\u2029\u202f\u3000\xad\u180e\u200b\u200d\u200e\u2060\ufeff"
Texts = list[tuple[str | None, Any]]

NOTHING: Texts = [(text, None) for text in (None, "", " ", "   ", " \t", " \r", "\n")]
TEXTS: Texts = [
    ("  C-1\t", "C-1"),
    *[(f"{blank}C-1", "C-1") for blank in BLANKS],
    *[(f"C-1{blank}", "C-1") for blank in BLANKS],
    *[(text, text) for text in ("\x01a\x1f", "\0", "9007199254740993", "N-1\u200b.", "a\xa0b")],
    *[(text, text) for text in ('a "b", c', "ß😀", "#", "nano", "n/a.", "N", "-")],
    ("\x0b \x01\r", "\x01"),
    ("\xa0\u200b !\u2003\xa0", "!"),
    *[(text, "Café 한 Å") for text in ("Café 한 Å", "Cafe\u0301 \u1112\u1161\u11ab \u212b")],
    # Two marks, in either order.
    ("q\u0307\u0323", "q\u0323\u0307"),
    ("\u0344\u0344", "\u0308\u0301\u0308\u0301"),
]
# They are no value where one is required.
PLACEHOLDERS = ("nan", "NaN", "null", "NULL", " Null\xa0", "none", "None", "\\N", "\\n", "n/a", "N/A")
IN_LOWER_CASE: Texts = [("Ada B-C ", "ada b-c"), ("ÉÄ", "éä"), ("E\u0301", "é"), ("J\u030c", "j\u030c")]
# By the `meaning` that the contract gives a column with a pattern.
PATTERNS: dict[str, Texts] = {
    "an e-mail address": [
        ("ada@example.com", "ada@example.com"),
        ("Ada@Example.COM", "ada@example.com"),
        ("Ada@Example.COM ", "ada@example.com"),
        ("é@ß.😀", "é@ß.😀"),
        ("a\u00a0@b.c", "a\u00a0@b.c"),
        *[(text, REFUSED) for text in ("a@b@example.com", "ada@example", "a@b", "@b.c", "a@@b.c", "a b@c.d")],
        ("\u200badae\u0301@b.c\xa0", "adaé@b.c"),
        ("J\u030c@b.c", "j\u030c@b.c"),
        *[(text, REFUSED) for text in ("a@b.", "a@.b", "@", "null")],
    ],
    "a position, epoch/position/ordinal": [
        ("0001/00000000016B3748/0000000002", "0001/00000000016B3748/0000000002"),
        (" 9999/FFFFFFFFFFFFFFFF/9999999999\n", "9999/FFFFFFFFFFFFFFFF/9999999999"),
        *[(text, REFUSED) for text in ("0001/00000000016b3748/0000000002", "1/16B3748/2", "0001", "x")],
        *[(text, REFUSED) for text in ("0001/00000000016B3748/0000000002/", "0/16B3748\u0661/2")],
    ],
    "a currency of three capital letters": [
        ("EUR", "EUR"),
        ("\xa0USD ", "USD"),
        *[(text, REFUSED) for text in ("eur", "EU", "EURO", "E R", "\u20ac", "\u00c9UR", "EUR\n1")],
    ],
}
# From a number to a text, for a column of a key.
NUMBERED = {"a position, epoch/position/ordinal": "0001/{:016X}/0000000001"}
# Texts that are in no closed list.
UNKNOWN = (
    "\nvanished ",
    "vanished",
    "\nlost ",
    "lost",
    "nobody",
    "con\u00a0sumer",
    "null",
    "bitcoin",
    "pigeon",
)
DECIMALS: Texts = [
    ("0", Decimal(0)),
    ("-0", Decimal(0)),
    (" -1.00\t", Decimal("-1.00")),
    ("\xa012.00\u200b", Decimal("12.00")),
    ("-0.01", Decimal("-0.01")),
    ("+010.0", Decimal("10.0")),
    ("10.0 ", Decimal("10.0")),
    ("0.5", Decimal("0.5")),
    ("+0.50", Decimal("0.50")),
    ("0000000000.50", Decimal("0.50")),
    ("0" * 400 + "1", Decimal(1)),
    ("1.005", Decimal("1.005")),
    ("1.500", Decimal("1.500")),
    ("10.001", Decimal("10.001")),
    ("0.00000000000000001", Decimal("0.00000000000000001")),
    ("99999999.99", Decimal("99999999.99")),
    ("123456789.00", Decimal("123456789.00")),
    ("9007199254740993", Decimal("9007199254740993")),
    ("12345678901234567890.10", Decimal("12345678901234567890.10")),
    ("1" * 1100, Decimal("1" * 1100)),
    *[(text, REFUSED) for text in ("12,5", "1e1", ".5", "5.", "NaN", "0x1", "--1", "+", "-", "1 000", "ten")],
    ("10\u2028", Decimal(10)),
    *[(text, REFUSED) for text in ("\u0661\u0660", "\u0661\u0660.\u0660\u0660", "1\xa0000", "1\0")],
]
INTEGERS: Texts = [
    *[("0", 0), ("-1", -1), ("+1", 1), ("01", 1), ("007", 7), ("2147483647", 2**31 - 1)],
    *[("2147483648", 2**31), ("-2147483649", -(2**31) - 1), ("99999999999999999999", 10**20 - 1)],
    *[(text, REFUSED) for text in ("1.0", " one ", "\u0661", "1 000", "1e1", "1\0", "-")],
]
DATES: Texts = [
    ("2024-02-29", date(2024, 2, 29)),
    (" 2024-02-29\r", date(2024, 2, 29)),
    ("1900-01-01", date(1900, 1, 1)),
    ("1899-12-31", date(1899, 12, 31)),
    ("0001-01-01", date(1, 1, 1)),
    ("9999-12-31", date(9999, 12, 31)),
    *[(text, REFUSED) for text in ("2023-02-29", "2024-2-9", "01.02.2024", "0000-01-01", "24-02-29")],
    ("\u200e2024-02-29\u3000", date(2024, 2, 29)),
    *[(text, REFUSED) for text in ("2024-02-29T00:00", "20240229", "today")],
]
TIMESTAMPS: Texts = [
    ("2026-02-01 12:00:00", datetime(2026, 2, 1, 12)),
    ("2026-02-01T12:00", datetime(2026, 2, 1, 12)),
    ("2026-02-01T12:00:00Z", datetime(2026, 2, 1, 12)),
    ("2026-02-01T12:00:00.123456", datetime(2026, 2, 1, 12, 0, 0, 123456)),
    ("2026-02-01T12:00:00.5+02:00", datetime(2026, 2, 1, 10, 0, 0, 500000)),
    ("2026-02-01T12:00:00-0530", datetime(2026, 2, 1, 17, 30)),
    ("2026-02-01T12:00Z", datetime(2026, 2, 1, 12)),
    ("2026-02-01 12:00+02:00", datetime(2026, 2, 1, 10)),
    ("1900-01-01T00:00:00Z", datetime(1900, 1, 1)),
    ("1900-01-01T00:00+00:01", datetime(1899, 12, 31, 23, 59)),
    ("1899-12-31T23:59:59Z", datetime(1899, 12, 31, 23, 59, 59)),
    ("0001-01-01T00:00Z", datetime(1, 1, 1)),
    ("0001-01-01T00:00:00+01:00", BEFORE_YEAR_ONE),
    ("2026-07-16T23:59:59.999999Z", datetime(2026, 7, 16, 23, 59, 59, 999999)),
    ("2026-07-17T01:30:00+02:00", datetime(2026, 7, 16, 23, 30)),
    ("2026-07-16 12:00", datetime(2026, 7, 16, 12)),
    ("2026-07-16T12:00Z", datetime(2026, 7, 16, 12)),
    ("2026-07-16 23:59-0001", datetime(2026, 7, 17)),
    ("2026-08-01T00:00:00", datetime(2026, 8, 1)),
    ("2026-08-01T00:00:00-0530", datetime(2026, 8, 1, 5, 30)),
    ("2026-08-01T00:00:00+18:00", datetime(2026, 7, 31, 6)),
    # As PostgreSQL writes and reads it.
    ("2026-02-08 10:00:00+00", datetime(2026, 2, 8, 10)),
    ("2026-02-08 10:00:00.25-05", datetime(2026, 2, 8, 15, 0, 0, 250000)),
    ("2026-02-08 10:00:00 +0200", datetime(2026, 2, 8, 8)),
    ("2026-02-08 10:00:00+0200", datetime(2026, 2, 8, 8)),
    ("2026-02-01 12:00 +02:00", datetime(2026, 2, 1, 10)),
    ("2026-02-01 12:00:00 Z", datetime(2026, 2, 1, 12)),
    ("1937-02-08 10:00:00+00:19:32", datetime(1937, 2, 8, 9, 40, 28)),
    # Other forms of ISO 8601 and RFC 3339: lower case, a comma, without hyphens and colons, zeros at the end.
    ("2026-02-08t10:00:00z", datetime(2026, 2, 8, 10)),
    ("2026-02-08t10:00z", datetime(2026, 2, 8, 10)),
    ("2026-02-08T10:00:00,5+01", datetime(2026, 2, 8, 9, 0, 0, 500000)),
    ("20260208T100000Z", datetime(2026, 2, 8, 10)),
    ("20260208T1000", datetime(2026, 2, 8, 10)),
    ("20260208t1000+0200", datetime(2026, 2, 8, 8)),
    ("20260208T100000.5 -05:30", datetime(2026, 2, 8, 15, 30, 0, 500000)),
    ("2026-02-08T10:00:00.1234560", datetime(2026, 2, 8, 10, 0, 0, 123456)),
    ("2026-02-08T10:00:00.0000000Z", datetime(2026, 2, 8, 10)),
    ("\xa02026-02-08 10:00\u200b", datetime(2026, 2, 8, 10)),
    *[(text, REFUSED) for text in ("2026-02-08 10:00:00  +02", "2026-02-08  10:00", "2026-02-08_10:00")],
    *[
        (text, REFUSED)
        for text in ("20260208T1000:30", "20260208 1000", "2026-0208T10:00", "2026-02-08T1000")
    ],
    *[
        (text, REFUSED)
        for text in ("20260208T10", "2026-02-08T10", "2026-02-08T10:00:00.", "20260208T1000.5")
    ],
    *[
        (text, REFUSED)
        for text in ("2026-02-08T10:00:00+0019:32", "2026-02-08T10:00:00+00:19:61", "20260230T1000")
    ],
    *[(text, REFUSED) for text in ("2026-02-08 10:00 AM", "2026-W06-7T10:00", "2026-039T10:00", "NULL")],
    *[(text, REFUSED) for text in ("2026-02-01T12:00:00.1234567", "2026-02-01")],
    *[(text, REFUSED) for text in ("2026-02-01T25:00:00", "2026-02-30T12:00:00", "1769947200", "noon")],
    *[(text, REFUSED) for text in ("2026-02-01T12:00:00 Europe/Berlin", "2026-07-16", "1785000000")],
    *[(text, REFUSED) for text in ("2026-08-01T00:00:00.1234567", "0000-01-01 00:00+00")],
    *[(text, REFUSED) for text in ("2026-07-16T25:00:00", "2026-07-16T24:00:00", "2026-07-16T23:59:60")],
    *[(text, REFUSED) for text in ("2026-07-16T12:00.5", "2026-07-16T12:00:00 Europe/Berlin")],
    *[(text, REFUSED) for text in ("2026-02-30T12:00", "2026-08-01T00:00:00+19:00", "0000-01-01T00:00Z")],
    *[(text, REFUSED) for text in ("2026-08-01T00:00:00+01:60", "2026-08-01T00:00:00+1")],
]


def spellings(value: str) -> list[str]:
    """Ways to write a value of a closed list."""
    words = value.split("_")
    titles = [word.title() for word in words]
    return [
        *(value, value.upper(), value[0] + value[1:].upper(), f"{value[0].upper()}{value[1:]} "),
        *(" ".join(words), " ".join(words).upper(), " ".join(titles), f" {' '.join(titles)}"),
        *("-".join(words), "-".join(titles), "-".join(words).upper()),
        *(f"{'-'.join(first)} {last}".strip() for *first, last in (titles, [*words[:-1], words[-1].upper()])),
    ]
