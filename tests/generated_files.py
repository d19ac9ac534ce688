"""Files as a stranger may send them: good and odd records in many forms of writing, drawn by hypothesis.

What stands in a file is drawn first and then written down, so each file knows its records.
"""

import json
from dataclasses import dataclass

from hypothesis import strategies as st

COLUMNS = (
    *("customer_id", "customer_name", "email", "phone", "address", "city", "state", "zip_code"),
    *("customer_segment", "registration_date", "order_id", "order_date", "product_id", "product_name"),
    *("category", "subcategory", "brand", "price", "quantity", "discount", "total_amount"),
    *("payment_method", "shipping_method", "order_status"),
)
ORDERS = ("sorted", "as agreed", "reversed")
# Pieces of which free text is made: other scripts, blanks of all kinds, and what readers take for syntax.
PIECES = [
    *(
        "a",
        "é",
        "ß",
        "😀",
        "\u0663",
        "\u00a0",
        "\u2028",
        "\u0085",
        "\ufeff",
        "\0",
        "\x1f",
        "\\",
        '"',
        '""',
        "'",
    ),
    *(",", ";", "{", "}", ":", '{"city": 1, ', "\n", "\r\n", "\r", "\t", " ", "#", "null", "\\u0041", "\\n"),
]
TEXT = st.lists(st.sampled_from(PIECES), max_size=5).map("".join)
SALES = [  # price, quantity, discount, total_amount: written in several ways, with odd ones behind
    *(("10.00", "1", "0.00", "10.00"), ("+010.0", "01", "0", "10"), (" 10\t", "+1", "-0", "10.0 ")),
    *(("99999999.99", "1", "0", "99999999.99"), ("0.1", "3", "0.3", "0"), ("0.07", "3", "0.01", "0.20")),
    *(("99999999.99", "2", "0", "199999999.98"), ("10", "1", "1.005", "9"), ("10", "1", "0", "10.01")),
    *(("10", "1", "-1", "11"), ("10", "1", "11", "-1"), ("0", "1", "0", "0"), ("10", "0", "0", "0")),
]
ODD: dict[str, list[str]] = {
    "customer_id": ["", " \t", "\0", "9007199254740993"],
    "email": ["Ada@Example.COM", "a@b", "@b.c", "a@@b.c", "a b@c.d", "é@ß.😀", "a\u00a0@b.c", "a@b.", "a@.b"],
    "customer_segment": ["CONSUMER", "small business", "Small-Business", "nobody", "consumer\u00a0"],
    "registration_date": ["2024-02-29", "2023-02-29", "2024-2-9", "0001-01-01", "0000-01-01", "9999-12-31"],
    "order_date": [
        *("2026-07-16T23:59:59.999999Z", "2026-07-17T01:30:00+02:00", "2026-07-16 12:00", "2026-07-16"),
        *("2026-08-01T00:00:00", "2026-08-01T00:00:00.1234567", "2026-08-01T00:00:00-0530", "1785000000"),
        *(
            "2026-07-16T25:00:00",
            "2026-07-16T12:00.5",
            "2026-07-16T12:00:00 Europe/Berlin",
            "2026-02-30T12:00",
        ),
    ],
    "price": [
        "",
        "12,5",
        "1e1",
        ".5",
        "5.",
        "NaN",
        "1.500",
        "9007199254740993",
        "-0.01",
        "\u0661\u0660",
        "10\u2028",
        "0x1",
    ],
    "quantity": ["", "1.0", "2147483648", "-1", "\u0661", "1 000", "99999999999999999999"],
    "discount": ["", "1.005", "0.00000000000000001", "--1", "+", "0" * 400 + "1"],
    "total_amount": [
        "",
        "\u0661\u0660.\u0660\u0660",
        "10.001",
        "123456789.00",
        "12345678901234567890.10",
        "1" * 1100,
    ],
    "payment_method": ["Gift Card", "cash-on DELIVERY", "bitcoin", ""],
    "shipping_method": ["NEXT-DAY", "pigeon", ""],
    "order_status": ["Shipped ", "lost", "", "sHIPPED"],
}
ODD_TEXTS = [(name, text) for name, texts in ODD.items() for text in texts]
# Which of a line's fields are written in another way, a bit for each.
MASKS = st.sampled_from([0, 0, -1]) | st.integers(0, 2 ** len(COLUMNS) - 1)
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


def _good_line(order: int, product: int) -> dict[str, str]:
    price, quantity, discount, total = SALES[0]
    return dict.fromkeys(COLUMNS, "") | {
        "customer_id": f"C-{order}",
        "order_id": f"O-{order}",
        "order_date": f"2026-07-15T12:00:00.{order:03}Z",
        "product_id": f"P-{product}",
        "price": price,
        "quantity": quantity,
        "discount": discount,
        "total_amount": total,
        "payment_method": "paypal",
        "shipping_method": "standard",
        "order_status": "shipped",
    }


@st.composite
def _texts(draw: st.DrawFn) -> dict[str, str]:
    """One order line, more often good than not."""
    texts = _good_line(draw(st.integers(1, 12)), draw(st.integers(1, 3)))
    sale = draw(st.sampled_from([*SALES[:3] * 6, *SALES]))
    texts |= zip(("price", "quantity", "discount", "total_amount"), sale, strict=True)
    if draw(st.booleans()):
        name, text = draw(st.sampled_from(ODD_TEXTS))
        texts[name] = text
    # The key of many lines is met again: then these make them disagree, or conflict, or be copies.
    if draw(st.integers(0, 7)) == 0:
        texts["order_status"] = "delivered"
    texts["city"], texts["state"] = draw(st.sampled_from([("", "")] * 6 + [("x", ""), ("", "x"), (" ", "")]))
    texts["address"] = draw(st.sampled_from(["", "", ""]) | TEXT)
    return texts


LINES = (st.lists(_texts(), max_size=2) | st.lists(_texts(), min_size=8, max_size=20)).flatmap(
    # Some lines come twice.
    lambda lines: st.lists(st.sampled_from(lines), max_size=3).map(lines.__add__) if lines else st.just([])
)


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
                lines.append(
                    draw(st.sampled_from(["   ", '""', "C-1,Ada", lines[-1] + ",", "," * 30, "\t,"]))
                )
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
    lines = [_good_line(100 + n, 1) | {name: text} for n, (name, text) in enumerate(ODD_TEXTS)]
    # Copies, a conflict, and an order whose lines disagree.
    lines += [_good_line(50, 1), _good_line(50, 1) | {"city": " "}]
    lines += [_good_line(51, 1) | {"city": "x"}, _good_line(51, 1) | {"state": "x"}]
    lines += [_good_line(52, 1), _good_line(52, 2) | {"order_status": "delivered"}]
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
