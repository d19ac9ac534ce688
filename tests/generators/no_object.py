"""Lines of a JSON file that are not one flat object of known keys, each given once."""

from spark_jobs.contracts.contract import SilverContract, names, source_columns, table_rules

# Malformed unless the table passes over unknown columns.
UNKNOWN_KEY = '{"coupon": "X"}'
# <a> and <b> are two columns of the table.
_LINES = (
    *('{"<a>": ', "[1]", "[]", "null", '"x"', "oops", "{,}", "{'<a>': 1}", '{"<a>": "x",}', '{"<a>": 01}'),
    *('{"<a>": +1}', '{"<a>": .5}', '{"<a>": NaN}', '{"<a>": {"a": 1}}', '{"<a>": []}', "{} {}", "{}\0"),
    *('{"<a>": 1,}', '{"<a>": 1,', '{"<a>": 1} x', '{"<a>": 1 "<b>": 2}', '{"<a>": 1,, "<b>": 2}'),
    *('{"<a>": [1], "<b>": 2}', '{"<a>": 1, "<b>": {}}', '{"<a>": "x"} {"<b>": 1}', '{"<a>" 1}'),
    *('{"<a>": "a", "<a>": "b"}', '{"<a>": "\\ud800"}', '{"<a>": "\\udc00x"}'),
    *('{"<a>": "a\tb"}', '{"<a>": "\\x"}', "{}\u0085", "{}\u2028", "{}\u00a0", "{}\x0b", "[" * 3_000, ":"),
    *('{"coupon": {}}', '{"coupon": "\\ud800"}', '{"\\udfff": 1}', '{"<a>": "a", "coupon": 1, "<a>": "b"}'),
)


def no_objects(contract: type[SilverContract]) -> list[str]:
    """The lines, with the names of two columns filled in."""
    a, b, *_ = names(source_columns(contract))
    lines = [line.replace("<a>", a).replace("<b>", b) for line in _LINES]
    return lines + ([UNKNOWN_KEY] if table_rules(contract).unknown_columns == "refuse" else [])
