"""What Spark makes of received text, value by value; and that Spark and polars judge by the same rules."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_jobs.contracts.contract import columns, names, source_columns, table_rules
from spark_jobs.contracts.ecommerce import OrderLines
from spark_jobs.contracts.rules import Limits
from spark_jobs.delta_tables import sql_type
from spark_jobs.judgement import judge_rows, values_of

DAY = date(2026, 2, 1)
LIMITS = Limits(first_partition=date(2026, 1, 1), max_order_age_days=30)
TEXTS: dict[str, str | None] = {
    "customer_id": "C-1",
    "order_id": "O-1",
    "order_date": "2026-02-01T12:00:00Z",
    "product_id": "P-1",
    "price": "10.00",
    "quantity": "1",
    "discount": "0",
    "total_amount": "10.00",
    "payment_method": "paypal",
    "shipping_method": "standard",
    "order_status": "shipped",
}
# column, text -> value or the start of the reason
VALUES: list[tuple[str, str | None, Any]] = [
    ("customer_id", "  C-1\t", "C-1"),
    *[("customer_id", f"{blank}C-1", "C-1") for blank in " \t\r\n"],
    *[("customer_id", f"C-1{blank}", "C-1") for blank in " \t\r\n"],
    ("customer_id", "   ", "customer_id: required"),
    ("customer_id", "", "customer_id: required"),
    ("city", "\x01a\x0b", "\x01a\x0b"),
    ("city", "\x0b \x01\r", "\x0b \x01"),
    ("city", "\xa0!\xa0", "\xa0!\xa0"),
    ("customer_id", None, "customer_id: required"),
    ("email", "Ada@Example.COM ", "ada@example.com"),
    ("email", "", None),
    ("email", "a@b@example.com", "email: not an e-mail address: 'a@b@example.com'"),
    ("email", "ada@example", "email: not an e-mail address: 'ada@example'"),
    ("order_status", " Shipped", "shipped"),
    (
        "order_status",
        "\nlost ",
        "order_status: not one of pending, processing, shipped, delivered, cancelled, returned: 'lost'",
    ),
    ("order_status", "lost", "order_status: not one of pending, processing"),
    ("payment_method", "Cash-On Delivery", "cash_on_delivery"),
    ("customer_segment", "SMALL BUSINESS", "small_business"),
    ("discount", "0.5", Decimal("0.50")),
    ("discount", "+0.50", Decimal("0.50")),
    ("discount", "0000000000.50", Decimal("0.50")),
    ("discount", "1.005", "discount: not a decimal(10,2): '1.005'"),
    ("discount", "1.500", "discount: not a decimal(10,2): '1.500'"),
    ("discount", "12,5", "discount: not a decimal(10,2): '12,5'"),
    ("discount", "1e1", "discount: not a decimal(10,2): '1e1'"),
    ("discount", ".5", "discount: not a decimal(10,2): '.5'"),
    ("discount", "123456789.00", "discount: not a decimal(10,2): '123456789.00'"),
    ("discount", "NaN", "discount: not a decimal(10,2): 'NaN'"),
    ("price", "0", "price: must be > 0: 0"),
    ("price", " -1.00\t", "price: must be > 0: -1.00"),
    ("price", " \r", "price: required"),
    ("price", None, "price: required"),
    ("quantity", "007", 7),
    ("quantity", "1.0", "quantity: not an integer: '1.0'"),
    ("quantity", " one ", "quantity: not an integer: 'one'"),
    ("quantity", "2147483648", "quantity: not an integer: '2147483648'"),
    ("quantity", "0", "quantity: must be > 0: 0"),
    ("registration_date", "2024-02-29", date(2024, 2, 29)),
    ("registration_date", "2023-02-29", "registration_date: not a date: '2023-02-29'"),
    ("registration_date", "2024-2-9", "registration_date: not a date: '2024-2-9'"),
    ("registration_date", "01.02.2024", "registration_date: not a date: '01.02.2024'"),
    ("registration_date", "1900-01-01", date(1900, 1, 1)),
    ("registration_date", "1899-12-31", "registration_date: must be >= 1900-01-01: 1899-12-31"),
    ("order_date", "2026-02-01 12:00:00", datetime(2026, 2, 1, 12)),
    ("order_date", "2026-02-01T12:00", datetime(2026, 2, 1, 12)),
    ("order_date", "2026-02-01T12:00:00.123456", datetime(2026, 2, 1, 12, 0, 0, 123456)),
    ("order_date", "2026-02-01T12:00:00.5+02:00", datetime(2026, 2, 1, 10, 0, 0, 500000)),
    ("order_date", "2026-02-01T12:00:00-0530", datetime(2026, 2, 1, 17, 30)),
    ("order_date", "2026-02-01T12:00Z", datetime(2026, 2, 1, 12)),
    ("order_date", "2026-02-01 12:00+02:00", datetime(2026, 2, 1, 10)),
    ("order_date", "2026-02-01 12:00 +02:00", "order_date: not a timestamp: '2026-02-01 12:00 +02:00'"),
    ("order_date", "2026-02-01T12:00:00.1234567", "order_date: not a timestamp: "),
    ("order_date", "2026-02-01", "order_date: not a timestamp: '2026-02-01'"),
    ("order_date", "2026-02-01T25:00:00", "order_date: not a timestamp: "),
    ("order_date", "2026-02-30T12:00:00", "order_date: not a timestamp: "),
    ("order_date", "2026-02-01T12:00:00 Europe/Berlin", "order_date: not a timestamp: "),
    ("order_date", "1900-01-01T00:00:00Z", datetime(1900, 1, 1)),
    ("order_date", "1900-01-01T00:00+00:01", "order_date: must be >= 1900-01-01: 1900-01-01T00:00+00:01"),
    ("order_date", "0001-01-01T00:00Z", "order_date: must be >= 1900-01-01: 0001-01-01T00:00Z"),
    ("order_date", "1769947200", "order_date: not a timestamp: '1769947200'"),
]


@pytest.fixture(scope="module")
def read(spark: SparkSession) -> list[tuple[dict[str, Any], list[str]]]:
    """Value and reasons of every row of VALUES, read in one go."""
    found = names(source_columns(OrderLines))
    texts = ", ".join(f"{name}: string" for name in found)
    rows = [
        (tuple({**TEXTS, column: text}.get(name) for name in found), None, None, f"{n:04}")
        for n, (column, text, _) in enumerate(VALUES)
    ]
    received = spark.createDataFrame(
        rows, f"received struct<{texts}>, malformed string, record string, source_file string"
    ).withColumns(
        {
            "partition_date": F.lit(DAY),
            "ingested_at": F.lit(datetime(2026, 2, 2)),
            "row_id": F.monotonically_increasing_id(),
        }
    )
    judged = judge_rows(received, OrderLines, LIMITS)
    reasons = [row["reasons"] for row in judged.orderBy("source_file").select("reasons").collect()]
    values = [row.asDict() for row in values_of(judged, OrderLines).orderBy("source_file").collect()]
    return list(zip(values, reasons, strict=True))


@pytest.mark.parametrize("n", range(len(VALUES)), ids=lambda n: f"{VALUES[n][0]} {VALUES[n][1]!r}")
def test_a_text_is_read_as_its_value_or_refused_with_its_reason(read: list, n: int) -> None:
    column, _, expected = VALUES[n]
    value, reasons = read[n]
    own = [reason for reason in reasons if reason.startswith(f"{column}: ")]
    if isinstance(expected, str) and expected.startswith(f"{column}: "):
        assert len(own) == 1
        assert own[0].startswith(expected)
    else:
        assert (value[column], own) == (expected, [])


def test_spark_and_polars_agree_on_every_rule(spark: SparkSession) -> None:
    """A truth table over nulls, cents and moments at the edges of the rules."""
    used = [
        "price",
        "quantity",
        "discount",
        "total_amount",
        "registration_date",
        "order_date",
        "partition_date",
    ]
    types = {c.name: c.dtype for c in columns(OrderLines) if c.name in used}
    numbers: list[tuple[Any, ...]] = [
        (Decimal(price), quantity, Decimal(discount), Decimal(total))
        for price, quantity in (("0.01", 1), ("99999999.99", 3), ("10.10", 3))
        for discount in ("-0.01", "0.00", "0.01", "30.30", "30.31")
        for total in ("0.00", "0.01", "30.29", "30.30")
    ]
    numbers += [
        (None, 1, Decimal(0), Decimal(1)),
        (Decimal(1), None, None, Decimal(1)),
        (Decimal(1), 1, Decimal(0), None),
    ]
    moments = [
        (registered, ordered, partition)
        for registered in (None, date(2026, 1, 1), date(2026, 2, 1), date(2026, 2, 2))
        for ordered in (
            None,
            datetime(2026, 1, 2),
            datetime(2026, 1, 1, 23, 59, 59, 999999),
            datetime(2026, 2, 1),
            datetime(2026, 2, 2),
        )
        for partition in (date(2026, 1, 1), date(2026, 2, 1))
    ]
    rows = [
        (*numbers[n % len(numbers)], *moments[n % len(moments)]) for n in range(len(numbers) * len(moments))
    ]
    schema = ", ".join(f"{name} {sql_type(types[name])}" for name in used)
    rules = table_rules(OrderLines).rules
    in_spark = spark.createDataFrame(rows, schema).select(
        *(rule.holds(F.col, LIMITS).alias(str(n)) for n, rule in enumerate(rules))
    )
    frame = pl.DataFrame(rows, schema={name: types[name] for name in used}, orient="row")
    in_polars = frame.select(*(rule.holds(pl.col, LIMITS).alias(str(n)) for n, rule in enumerate(rules)))
    assert [tuple(row) for row in in_spark.collect()] == in_polars.rows()
    assert {verdict for row in in_polars.rows() for verdict in row} == {True, False, None}
