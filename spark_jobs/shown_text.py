"""Shows received text in messages: characters that nobody would see are written as escapes.

No Spark: the Spark expression that does the same to reasons is in `judging.quality_rows`.
"""

NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# Unicode counts these among letters, symbols and marks, though they leave nothing on the screen.
BLANK_LETTERS = "\u034f\u115f\u1160\u2800\u3164\uffa0"
SHOWN = 80


def shown(text: str, most: int | None = None) -> str:
    """The text with visible characters only; at most `most` of its characters."""
    cut = text if most is None or len(text) <= most else f"{text[:most]}…"
    return "".join(map(_shown, cut))


def quoted(text: str) -> str:
    """The start of the text in quotes, so that blanks at its ends are seen."""
    return f"'{shown(text, SHOWN)}'"


def _is_visible(character: str) -> bool:
    return character.isprintable() and character not in BLANK_LETTERS


def _shown(character: str) -> str:
    if _is_visible(character):
        return character
    code = ord(character)
    return NAMED.get(character) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
