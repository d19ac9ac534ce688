"""Lines of a JSON file that are not one flat object of known keys, each given once."""

from collections.abc import Sequence

# <a> and <b> are two columns of the table.
_LINES = (
    *('{"<a>": ', "[1]", "[]", "null", '"x"', "oops", "{,}", "{'<a>': 1}", '{"<a>": "x",}', '{"<a>": 01}'),
    *('{"<a>": +1}', '{"<a>": .5}', '{"<a>": NaN}', '{"<a>": {"a": 1}}', '{"<a>": []}', "{} {}", "{}\0"),
    *('{"<a>": 1,}', '{"<a>": 1,', '{"<a>": 1} x', '{"<a>": 1 "<b>": 2}', '{"<a>": 1,, "<b>": 2}'),
    *('{"<a>": [1], "<b>": 2}', '{"<a>": 1, "<b>": {}}', '{"<a>": "x"} {"<b>": 1}', '{"<a>" 1}'),
    *('{"coupon": "X"}', '{"<a>": "a", "<a>": "b"}', '{"<a>": "\\ud800"}', '{"<a>": "\\udc00x"}'),
    *('{"<a>": "a\tb"}', '{"<a>": "\\x"}', "{}\u0085", "{}\u2028", "{}\u00a0", "{}\x0b", "[" * 3_000, ":"),
)


def no_objects(columns: Sequence[str]) -> list[str]:
    """The lines, with the names of two columns filled in."""
    return [line.replace("<a>", columns[0]).replace("<b>", columns[1]) for line in _LINES]
