"""Messages show what a file holds, also what nobody would see."""

import pytest

from spark_jobs.shown_text import quoted, shown


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Łódź 東京 😀, 'a' \\ b", "Łódź 東京 😀, 'a' \\ b"),
        ("\ufefforder_id", r"\ufefforder_id"),
        ("N-1\u00a0", r"N-1\u00a0"),
        ("a\u200bb\u200d\u2060", r"a\u200bb\u200d\u2060"),
        ("a\tb\r\nc\0\x1b[31m", r"a\tb\r\nc\u0000\u001b[31m"),
        ("\u202egnp.vsc", r"\u202egnp.vsc"),
        ("a\u3164\u2800\u034f\U000e0041", r"a\u3164\u2800\u034f\U000e0041"),
    ],
)
def test_invisible_characters_are_shown_as_escapes(text: str, seen: str) -> None:
    assert shown(text) == seen


def test_a_long_text_is_cut() -> None:
    assert quoted(" " + "x" * 100) == f"' {'x' * 79}…'"
