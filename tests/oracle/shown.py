"""How messages show a received text: by Unicode's classes of the characters that nobody sees."""

import unicodedata


def shown(text: str) -> str:
    """The text with escapes in place of control, format and separating characters other than a blank."""
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character == " " or unicodedata.category(character)[0] not in "CZ":
        return character
    return {"\n": r"\n", "\r": r"\r", "\t": r"\t"}.get(character, f"\\u{ord(character):04x}")
