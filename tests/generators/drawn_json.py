"""JSON lines as an unknown sender may write them."""

import json
from collections.abc import Sequence

from hypothesis import strategies as st

from spark_jobs.contracts.contract import SilverContract, names, source_columns, table_rules
from tests.generators.drawn import drawn_records
from tests.generators.generated_file import GeneratedFile, masks, of_records
from tests.generators.no_object import no_objects
from tests.generators.records import Record

# Pairs of a JSON object with keys that no contract has.
UNKNOWN_PAIRS = (
    *('"coupon": "X"', '"coupon": null', '"coupon" :1.10', '"coupon": true', '"coupon": 1, "coupon": 2'),
    *('"": ""', '"\u00e9": "\u00df\U0001f600"', '"a\\"b": "\\n"', '"c,}": "}{", "d": ":"'),
)


@st.composite
def json_files(draw: st.DrawFn, contract: type[SilverContract], name: str = "b.jsonl") -> GeneratedFile:
    """JSON lines in any form that can be read correctly, with broken and blank lines among them."""
    columns = names(source_columns(contract))
    broken_lines = st.lists(st.sampled_from(no_objects(contract)), min_size=1, max_size=3)
    end, lines = draw(st.sampled_from(["\n", "\r\n", " \n"])), []
    records: list[Record | None] = []
    for texts in draw(drawn_records(contract)):
        records.append(texts)
        lines.append(_object(draw, texts, draw(_unknown_pairs(contract))))
        match draw(st.integers(0, 9)):
            case 0 | 1 | 2 | 3:
                broken = draw(broken_lines)
                lines += broken
                records += [None] * len(broken)
            case 4:
                lines.append(draw(st.sampled_from(["", " \t"])))
    text = end.join([*lines, ""] if draw(st.booleans()) or not lines else lines)
    mark = draw(st.sampled_from(["", "\ufeff"]))
    body = (mark + text + ("" if lines else "\n")).encode()
    return of_records(name, body, columns, records)


def as_lines(contract: type[SilverContract], records: Sequence[Record]) -> list[str]:
    """The records as JSON lines; where unknown columns are passed over, with each pair of them once."""
    lines = [*map(json.dumps, records)]
    if _passes_over_unknown(contract):
        lines[: len(UNKNOWN_PAIRS)] = [
            f"{line[:-1]}, {pair}}}" for line, pair in zip(lines, UNKNOWN_PAIRS, strict=False)
        ]
    return lines


def _unknown_pairs(contract: type[SilverContract]) -> st.SearchStrategy[list[str]]:
    some = st.lists(st.sampled_from(UNKNOWN_PAIRS), max_size=2)
    return some if _passes_over_unknown(contract) else st.just([])


def _passes_over_unknown(contract: type[SilverContract]) -> bool:
    return table_rules(contract).unknown_columns == "report"


def _object(draw: st.DrawFn, texts: Record, unknown: Sequence[str]) -> str:
    """The texts as a JSON object: some as numbers; some empty ones as null or omitted."""
    ascii_only, colon = draw(st.booleans()), draw(st.sampled_from([":", ": ", "\t : "]))
    bare, left_out = draw(masks(len(texts))), draw(masks(len(texts)))
    pairs = []
    for n, (name, text) in enumerate(texts.items()):
        said = json.dumps(text, ensure_ascii=ascii_only)
        if bare >> n & 1:
            said = text if _is_json_number(text) else said if text else "null"
        if text or not left_out >> n & 1:
            pairs.append(f'"{name}"{colon}{said}')
    pairs += unknown
    return "{" + ", ".join(pairs if draw(st.booleans()) else pairs[::-1]) + "}"


def _is_json_number(text: str) -> bool:
    whole, _, cents = text.removeprefix("-").partition(".")
    plain = text.isascii() and whole.isdigit() and (whole == "0" or whole[0] != "0")
    return plain and (cents.isdigit() if "." in text else not cents)
