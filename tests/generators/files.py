"""Files as a stranger may send them: drawn order lines in many forms of writing.

What stands in a file is drawn first and then written down, so each file knows its records.
"""

import json
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.generators.lines import COLUMNS, LINES, ODD_TEXTS, good_line

ORDERS = ("sorted", "as agreed", "reversed")
# Which of a line's fields are written in another way, a bit for each.
MASKS = st.sampled_from([0, 0, -1]) | st.integers(0, 2 ** len(COLUMNS) - 1)
RAGGED = ["   ", '""', "C-1,Ada", '"1,\n""Main"" Road",5" nail,', "," * 30, "\t,"]
NO_OBJECT = [
    *(
        '{"order_id": ',
        "[1]",
        "[]",
        "null",
        '"x"',
        "oops",
        "{,}",
        "{'city': 1}",
        '{"city": "x",}',
        '{"city": 01}',
    ),
    *('{"city": +1}', '{"city": .5}', '{"city": NaN}', '{"city": {"a": 1}}', '{"city": []}', "{} {}", "{}\0"),
    *('{"city": 1,}', '{"city": 1,', '{"city": 1} x', '{"city": 1 "state": 2}', '{"city": 1,, "state": 2}'),
    *('{"city": [1], "state": 2}', '{"city": 1, "state": {}}', '{"city": "x"} {"state": 1}', '{"city" 1}'),
    *('{"coupon": "X"}', '{"order_id": "a", "order_id": "b"}', '{"city": "\\ud800"}', '{"city": "\\udc00x"}'),
    *('{"city": "a\tb"}', '{"city": "\\x"}', "{}\u0085", "{}\u2028", "{}\u00a0", "{}\x0b", "[" * 3_000, ":"),
]


@dataclass(frozen=True)
class GeneratedFile:
    """A file and what stands in it: `records` (None: a malformed one), or that it must be refused."""

    name: str
    body: bytes
    columns: tuple[str, ...]
    records: tuple[dict[str, str] | None, ...]
    is_refused: bool = False


@st.composite
def csv_files(draw: st.DrawFn, name: str = "a.csv") -> GeneratedFile:
    """CSV in any form that can be read rightly, with ragged and blank lines between."""
    columns = {"sorted": sorted(COLUMNS), "reversed": COLUMNS[::-1]}.get(
        draw(st.sampled_from(ORDERS)), COLUMNS
    )
    ends = draw(st.sampled_from([["\n"], ["\r\n"], ["\n", "\r\n"]]))
    lines = [_csv_line(draw, list(columns))]
    records: list[dict[str, str] | None] = []
    for texts in draw(LINES):
        records.append({column: texts[column] for column in columns})
        lines.append(_csv_line(draw, [texts[column] for column in columns]))
        match draw(st.integers(0, 9)):
            case 0:
                lines.append(draw(st.sampled_from([*RAGGED, lines[-1] + ","])))
                records.append(None)
            case 1:
                lines.append("")
    text = "".join(line + draw(st.sampled_from(ends)) for line in lines)
    if len(lines) > 1 and draw(st.booleans()):
        text = text.rstrip("\r\n")
    # A carriage return at the end of a record counts as part of its line end.
    last = columns[-1]
    kept = tuple(r and {**r, last: r[last].rstrip("\r")} for r in records)
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return GeneratedFile(name, (mark + text).encode(), tuple(columns), kept)


def _csv_line(draw: st.DrawFn, texts: list[str]) -> str:
    """Texts with quotes where they must be and, here and there, where they may be."""
    quoted = draw(MASKS)
    return ",".join(
        '"' + text.replace('"', '""') + '"' if quoted >> n & 1 or set(text) & set(',"\r\n') else text
        for n, text in enumerate(texts)
    )


@st.composite
def json_files(draw: st.DrawFn, name: str = "b.jsonl") -> GeneratedFile:
    """JSON lines in any form that can be read rightly, with broken and blank lines between."""
    end, lines = draw(st.sampled_from(["\n", "\r\n", " \n"])), []
    records: list[dict[str, str] | None] = []
    for texts in draw(LINES):
        records.append(texts)
        lines.append(_object(draw, texts))
        match draw(st.integers(0, 9)):
            case 0 | 1 | 2 | 3:
                broken = draw(st.lists(st.sampled_from(NO_OBJECT), min_size=1, max_size=3))
                lines += broken
                records += [None] * len(broken)
            case 4:
                lines.append(draw(st.sampled_from(["", " \t"])))
    text = end.join([*lines, ""] if draw(st.booleans()) or not lines else lines)
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return GeneratedFile(name, (mark + text + ("" if lines else "\n")).encode(), COLUMNS, tuple(records))


def _object(draw: st.DrawFn, texts: dict[str, str]) -> str:
    """The texts as an object: some as numbers, some empty ones as null or left out."""
    ascii_only, colon = draw(st.booleans()), draw(st.sampled_from([":", ": ", "\t : "]))
    bare, left_out = draw(MASKS), draw(MASKS)
    pairs = []
    for n, (name, text) in enumerate(texts.items()):
        said = json.dumps(text, ensure_ascii=ascii_only)
        if bare >> n & 1:
            said = text if _is_json_number(text) else said if text else "null"
        if text or not left_out >> n & 1:
            pairs.append(f'"{name}"{colon}{said}')
    return "{" + ", ".join(pairs if draw(st.booleans()) else pairs[::-1]) + "}"


def _is_json_number(text: str) -> bool:
    whole, _, cents = text.removeprefix("-").partition(".")
    plain = text.isascii() and whole.isdigit() and (whole == "0" or whole[0] != "0")
    return plain and (cents.isdigit() if "." in text else not cents)


@st.composite
def refused_files(draw: st.DrawFn) -> GeneratedFile:
    """A file with one fault that no reader can read past."""
    good = draw(csv_files())
    head, _, rest = (",".join(good.columns) + "\n" + "x," * 23 + "x\n").encode().partition(b"\n")
    fault = draw(st.integers(0, 8))
    body = [
        b"",
        head + b"\n" + rest + b'"never closed\n',
        head + b"\nL\xf6we" + rest,
        head + b",coupon\n" + rest,
        head.replace(b"brand", b"city") + b"\n" + rest,
        head.replace(b"brand,", b"").replace(b",brand", b"") + b"\n" + rest,
        b"\n" + head + b"\n" + rest,
        head + b"\n" + rest.replace(b"x,x", b"x\rx,x", 1),
        b"\x1f\x8b\x08\x00" + good.body,
    ][fault]
    return GeneratedFile("c.csv", body, good.columns, (), is_refused=True)


def every_odd_text() -> list[GeneratedFile]:
    """Each odd text in a line of its own and each clash of lines: drawing may leave some of them out."""
    lines = [good_line(100 + n, 1) | {name: text} for n, (name, text) in enumerate(ODD_TEXTS)]
    # Copies, a conflict, and an order whose lines disagree.
    lines += [good_line(50, 1), good_line(50, 1) | {"city": " "}]
    lines += [good_line(51, 1) | {"city": "x"}, good_line(51, 1) | {"state": "x"}]
    lines += [good_line(52, 1), good_line(52, 2) | {"order_status": "delivered"}]
    rows = "".join(",".join(f'"{text}"' for text in line.values()) + "\n" for line in lines)
    objects = "\n".join([*map(json.dumps, lines), *NO_OBJECT])
    broken = (None,) * len(NO_OBJECT)
    return [
        GeneratedFile("every.csv", (",".join(COLUMNS) + "\n" + rows).encode(), COLUMNS, tuple(lines)),
        GeneratedFile("every.jsonl", objects.encode(), COLUMNS, (*lines, *broken)),
    ]


FILES = st.one_of(csv_files(), json_files(), refused_files())
# One day's files: seldom with one that must be refused.
DELIVERIES = st.tuples(
    csv_files(),
    st.none() | json_files(),
    st.integers(0, 3).flatmap(lambda n: st.none() if n else refused_files()),
).map(lambda files: [file for file in files if file])


def well_formed(file: GeneratedFile) -> list[dict[str, str]]:
    """The records that a reader can tell apart into columns."""
    return [record for record in file.records if record is not None]
