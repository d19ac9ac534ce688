"""Order lines as a stranger may send them: good and odd texts, drawn by hypothesis."""

from hypothesis import strategies as st

COLUMNS = (
    *("customer_id", "customer_name", "email", "phone", "address", "city", "state", "zip_code"),
    *("customer_segment", "registration_date", "order_id", "order_date", "product_id", "product_name"),
    *("category", "subcategory", "brand", "price", "quantity", "discount", "total_amount"),
    *("payment_method", "shipping_method", "order_status"),
)
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
    "registration_date": ["2024-02-29", "2023-02-29", "2024-2-9", "1899-12-31", "0000-01-01", "9999-12-31"],
    "order_date": [
        *("2026-07-16T23:59:59.999999Z", "2026-07-17T01:30:00+02:00", "2026-07-16 12:00", "2026-07-16"),
        *("2026-07-16T12:00Z", "2026-07-16 23:59-0001", "2026-07-16T12:00:00 Z"),
        *("0001-01-01T00:00:00+01:00", "1899-12-31T23:59:59Z", "1900-01-01T00:00:00Z"),
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


def good_line(order: int, product: int) -> dict[str, str]:
    """A line that no rule refuses."""
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
def order_lines(draw: st.DrawFn) -> dict[str, str]:
    """One order line, more often good than not."""
    texts = good_line(draw(st.integers(1, 12)), draw(st.integers(1, 3)))
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


LINES = (st.lists(order_lines(), max_size=2) | st.lists(order_lines(), min_size=8, max_size=20)).flatmap(
    # Some lines come twice.
    lambda lines: st.lists(st.sampled_from(lines), max_size=3).map(lines.__add__) if lines else st.just([])
)
