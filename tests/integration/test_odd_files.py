"""A stranger's file cannot hurt: it is read rightly, or judged line by line, or refused as a whole."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from spark_jobs.contracts.contract import names, source_columns
from spark_jobs.contracts.ecommerce import OrderLines
from spark_jobs.contracts.quality import Quarantine
from spark_jobs.manifest import Manifest
from tests.integration.lakehouse import Lakehouse
from tests.integration.stack import Stack

COLUMNS = names(source_columns(OrderLines))
# Days that no other test uses.
DAYS: Iterator[date] = iter(date(2026, month, n) for month in (4, 5) for n in range(1, 29))


def _line(n: int, day: date, **values: Any) -> dict[str, Any]:
    texts = {
        "customer_id": "C-1",
        "customer_name": "Ada",
        "order_id": f"O-{n}",
        "order_date": f"{day}T12:00:00Z",
        "product_id": "P-1",
        "price": "10.00",
        "quantity": "1",
        "discount": "0.00",
        "total_amount": "10.00",
        "payment_method": "paypal",
        "shipping_method": "standard",
        "order_status": "shipped",
    }
    return dict.fromkeys(COLUMNS, "") | texts | values


def _csv(day: date, *changes: dict[str, Any], columns: list[str] = COLUMNS, end: str = "\n") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator=end)
    writer.writeheader()
    writer.writerows(_line(n, day, **change) for n, change in enumerate(changes))
    return text.getvalue()


def _json(day: date, *changes: dict[str, Any]) -> str:
    return "".join(json.dumps(_line(n, day, **change)) + "\n" for n, change in enumerate(changes))


# what it is: file name, content made for a day, rows in silver, start of the reason of each refused record
JUDGED: dict[str, tuple[str, Any, int, list[str]]] = {
    "byte-order mark": ("a.csv", lambda d: b"\xef\xbb\xbf" + _csv(d, {}, {}).encode(), 2, []),
    "CRLF": ("a.csv", lambda d: _csv(d, {}, {}, end="\r\n"), 2, []),
    "columns in another order": ("a.csv", lambda d: _csv(d, {}, {}, columns=COLUMNS[::-1]), 2, []),
    "newline in a field": ("a.csv", lambda d: _csv(d, {"address": "1 Road\nTown"}, {}), 2, []),
    "quotes in a field": ("a.csv", lambda d: _csv(d, {"address": 'the "old" road, 1'}, {}), 2, []),
    "a header without lines": ("a.csv", lambda d: _csv(d), 0, []),
    "no newline at the end": ("a.csv", lambda d: _csv(d, {}, {}).rstrip("\n"), 2, []),
    "blank lines": ("a.csv", lambda d: _csv(d, {}, {}).replace("\n", "\n\n"), 2, []),
    "too few fields": ("a.csv", lambda d: _csv(d, {}) + "C-1,Ada\n", 1, ["malformed record"]),
    "too many fields": ("a.csv", lambda d: _csv(d, {}).rstrip("\n") + ",x\n", 0, ["malformed record"]),
    "truncated last line": ("a.csv", lambda d: _csv(d, {}, {})[:-40], 1, ["malformed record"]),
    "a NUL byte": (
        "a.csv",
        lambda d: _csv(d, {"customer_id": "C\0"}, {"quantity": "1\0"}),
        1,
        ["quantity: "],
    ),
    "a field of 10 MB": ("a.csv", lambda d: _csv(d, {"address": "x" * 10_000_000}, {}), 2, []),
    "a price beyond 2^53": ("a.csv", lambda d: _csv(d, {"price": "9007199254740993"}), 0, ["price: not a"]),
    "a backslash before a quote": ("a.csv", lambda d: _csv(d, {"address": 'a\\"b'}, {}), 2, []),
    "JSON numbers": ("a.jsonl", lambda d: _json(d, {}).replace('"10.00"', "10.00"), 1, []),
    "JSON in CRLF": ("a.jsonl", lambda d: _json(d, {}, {}).replace("\n", "\r\n"), 2, []),
    "a large JSON number": (
        "a.jsonl",
        lambda d: _json(d, {"price": 1}).replace('"price": 1', '"price": 12345678901234567890.10'),
        0,
        ["price: not a decimal(10,2): '12345678901234567890.10'"],
    ),
    "escapes in JSON": ("a.jsonl", lambda d: _json(d, {"address": 'a "b" \\ é\n{x": 1,'}, {}), 2, []),
    "many escapes in JSON": ("a.jsonl", lambda d: _json(d, {"address": '"\\' * 50_000}, {}), 2, []),
    "a broken JSON line": ("a.jsonl", lambda d: _json(d, {}) + '{"order_id": \n', 1, ["malformed record"]),
    "two objects on a line": ("a.jsonl", lambda d: _json(d, {}).strip() * 2 + "\n", 0, ["malformed record"]),
    "a nested value": ("a.jsonl", lambda d: _json(d, {"city": {"a": 1}}), 0, ["malformed record"]),
    "a truncated JSON line": ("a.jsonl", lambda d: _json(d, {}, {})[:-30], 1, ["malformed record"]),
    "an unknown JSON key": (
        "a.jsonl",
        lambda d: _json(d, {"coupon": "X"}, {}),
        1,
        ["malformed record: unkn"],
    ),
    "a JSON key given twice": (
        "a.jsonl",
        lambda d: _json(d, {}).replace("{", '{"order_id": "O-9", '),
        0,
        ["malformed record: a key is given twice"],
    ),
    "a JSON key that is missing": (
        "a.jsonl",
        lambda d: _json(d, {}).replace('"order_id"', '"city"', 1).replace('"city": "", ', "", 1),
        0,
        ["order_id: required"],
    ),
    "JSON null and empty": (
        "a.jsonl",
        lambda d: _json(d, {"city": None}, {"order_status": None}),
        1,
        ["order_"],
    ),
}


@pytest.fixture(scope="module")
def lakehouse(stack: Stack) -> Lakehouse:
    return Lakehouse(stack)


@pytest.fixture(scope="module")
def judged(lakehouse: Lakehouse) -> dict[str, tuple[Manifest, int, list[list[str]], str | None]]:
    """Each odd file on a day of its own, all made in one run: manifest, silver rows, reasons, problem."""
    manifests: dict[str, Manifest] = {}
    for name, (file, content, _, _) in JUDGED.items():
        day = next(DAYS)
        lakehouse.deliver(day, file, content(day))
        landed = lakehouse.feed.land(day, datetime(2026, 6, 1, tzinfo=UTC))
        assert landed
        manifests[name] = landed
    result = lakehouse.make_silver(*manifests.values())
    silver, quarantine = lakehouse.silver(OrderLines), lakehouse.silver(Quarantine)
    on = {name: pl.col("partition_date") == manifest.partition_date for name, manifest in manifests.items()}
    return {
        name: (
            manifest,
            silver.filter(on[name]).height,
            quarantine.filter(on[name])["reasons"].to_list(),
            result.problems.get(manifest.partition_date),
        )
        for name, manifest in manifests.items()
    }


@pytest.mark.parametrize("name", JUDGED)
def test_an_odd_file_is_judged_record_by_record_and_none_is_lost(judged: dict, name: str) -> None:
    _, _, rows, reasons = JUDGED[name]
    manifest, silver, refused, problem = judged[name]
    assert manifest.refused == ()
    assert problem is None
    assert silver == rows
    assert len(refused) == len(reasons)
    for found, start in zip(refused, reasons, strict=True):
        assert any(reason.startswith(start) for reason in found), found
    assert manifest.records == silver + len(refused)


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("a.csv", b"", "found an empty file"),
        ("a.csv", b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "expected UTF-8"),
        ("a.csv", ",".join(COLUMNS).encode() + b"\nL\xf6we", "expected UTF-8, found byte 0xf6"),
        ("a.csv", (",".join(COLUMNS) + '\n"C-1,Ada\n').encode(), "expected CSV"),
        ("a.csv", (",".join([*COLUMNS, "coupon"]) + "\n").encode(), "unknown coupon"),
        ("a.csv", (",".join(COLUMNS[1:]) + "\n").encode(), "missing customer_id"),
        ("a.csv", (",".join([*COLUMNS, "brand"]) + "\n").encode(), "repeated brand"),
        ("a.jsonl", b'{"order_id": "\xff"}\n', "expected UTF-8, found byte 0xff"),
        ("a.parquet", b"PAR1", "expected a file .csv or .jsonl, found '.parquet'"),
    ],
)
def test_a_file_that_cannot_be_read_rightly_is_refused_and_kept(
    lakehouse: Lakehouse, file: str, content: bytes, reason: str
) -> None:
    day = next(DAYS)
    lakehouse.deliver(day, file, content)
    manifest = lakehouse.feed.land(day, datetime(2026, 6, 1, tzinfo=UTC))
    assert manifest
    assert manifest.files == ()
    [refused] = manifest.refused
    assert reason in refused.reason
    kept = lakehouse.s3.get_object(Bucket="datalake", Key=f"{manifest.prefix}_refused/{refused.name}")
    assert kept["Body"].read() == content
