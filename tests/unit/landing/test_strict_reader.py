"""What the strict reader counts, and which files it refuses as a whole."""

from decimal import Decimal
from pathlib import Path

import pytest

from shopflow_assets.errors import RefusedFileError
from tests.unit.landing.lines_read import read

HEADER = "order_id,brand,total_amount\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "received"


def test_records_characters_and_money_are_counted(file: Path) -> None:
    found = read(file, HEADER + "O-1,Löwe,10.50\nO-2,,0.25\n")
    assert (found.records, found.malformed, found.amount) == (2, 0, Decimal("10.75"))
    assert found.characters == {"order_id": 6, "brand": 4, "total_amount": 9}


def test_a_newline_and_quotes_in_a_field_are_one_record(file: Path) -> None:
    found = read(file, HEADER + '"O-1","say ""hi""\nthere",1\n')
    assert found.records == 1
    assert found.characters["brand"] == len('say "hi"\nthere')


def test_blank_lines_are_no_records(file: Path) -> None:
    assert read(file, HEADER + "\nO-1,a,1\n\n").records == 1


def test_a_header_without_lines_has_no_records(file: Path) -> None:
    assert read(file, HEADER).records == 0


def test_a_byte_order_mark_is_not_part_of_the_header(file: Path) -> None:
    assert read(file, b"\xef\xbb\xbf" + HEADER.encode()).columns == ("order_id", "brand", "total_amount")


def test_the_header_may_have_another_order(file: Path) -> None:
    found = read(file, "total_amount,order_id,brand\n1.00,O-1,x\n")
    assert found.columns == ("total_amount", "order_id", "brand")
    assert found.amount == Decimal("1.00")


def test_a_ragged_line_is_a_malformed_record(file: Path) -> None:
    found = read(file, HEADER + "O-1,a\nO-2,a,1,b\nO-3,a,1\nO-4,a,1\n")
    assert (found.records, found.malformed) == (4, 2)


def test_records_that_a_stray_quote_merged_are_one_malformed_record_with_its_lines(file: Path) -> None:
    merged = 'O-1,"a,1\nO-2,b,2\nO-3,c",3\n'
    found = read(file, HEADER + "O-0,a,9\n\n" + merged + "O-4,d,4\n")
    assert (found.records, found.malformed, found.amount) == (3, 1, Decimal(13))
    assert [(lost.first_line, lost.last_line) for lost in found.merged] == [(4, 6)]


@pytest.mark.parametrize(
    "merged",
    ['O-1,"a,1\nO-2,b",2\n', 'O-1,"a,1\nO-2,b,2\nO-3,c"\n', 'O-1,"a,1\r\nO-2,b,2\r\nO-3,c",3\r\n'],
    ids=["two records", "a record of too few fields", "CRLF"],
)
def test_every_record_that_holds_another_one_is_noticed(file: Path, merged: str) -> None:
    found = read(file, HEADER + merged + "O-4,d,4\n")
    assert (found.malformed, len(found.merged)) == (1, 1)


def test_a_text_of_some_lines_is_no_merged_record(file: Path) -> None:
    found = read(file, HEADER + '"O-1","Road 1,\nTown",1\n')
    assert (found.malformed, found.merged) == (0, ())


def test_a_file_full_of_stray_quotes_is_refused(file: Path) -> None:
    merged = 'O-1,"a,1\nO-2,b",2\n' * 1_001
    with pytest.raises(RefusedFileError, match="found more than 1000 stray quotes"):
        read(file, HEADER + "O-3,c,3\n" * 2_000 + merged)


@pytest.mark.parametrize("amount", ["1,5", "1e3", "0.001", "123456789.00", "-", "", "NaN", "0x1"])
def test_money_that_the_contract_does_not_read_is_not_added(file: Path, amount: str) -> None:
    assert read(file, HEADER + f'O-1,a,"{amount}"\nO-2,a,2.00\n').amount == Decimal("2.00")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "empty file"),
        ("order_id,brand\n", "missing total_amount"),
        ("order_id,brand,total_amount,coupon\n", "unknown 'coupon'"),
        ("order_id,brand,brand,total_amount\n", "repeated 'brand'"),
        ("O-1,a,1\n", "missing brand, order_id, total_amount"),
        (HEADER + 'O-1,"a,1\nO-2,b,2\n', "expected CSV"),
        (HEADER.encode() + b"O-1,L\xf6we,1\n", "expected UTF-8, found byte 0xf6"),
    ],
    ids=["empty", "missing", "unknown", "repeated", "no header", "unclosed quote", "latin-1"],
)
def test_a_file_that_cannot_be_read_rightly_is_refused(file: Path, content: str | bytes, reason: str) -> None:
    with pytest.raises(RefusedFileError, match=reason):
        read(file, content)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("\ufeff\ufefforder_id,brand,total_amount", r"unknown '\ufefforder_id'; missing order_id; it fits"),
        ("order_id\u00a0,brand,total_amount ", r"unknown 'order_id\u00a0', 'total_amount '; missing"),
        ("order_id,br\u200band,total_amount", r"unknown 'br\u200band'; missing brand"),
        ("order_id,brand\t,total_amount", r"unknown 'brand\t'; missing brand; it fits without"),
    ],
)
def test_what_nobody_sees_in_a_header_is_shown(file: Path, header: str, reason: str) -> None:
    with pytest.raises(RefusedFileError) as refused:
        read(file, f"{header}\nO-1,a,1\n")
    assert reason in str(refused.value)
    assert ("; it fits without" in str(refused.value)) == ("\u200b" not in header)


def test_a_file_of_which_most_records_cannot_be_read_is_refused(file: Path) -> None:
    with pytest.raises(RefusedFileError, match=r"2 of 3 .*, the first in line 3: expected 3 fields, found 2"):
        read(file, HEADER + "O-1,a,1\nO-2,a\nO-3,a\n")
    objects = '{"order_id": "O-1"}\n\n{"order_id": 1, "co\\u200bupon": 2}\n{}}\n'
    with pytest.raises(RefusedFileError, match=r"first in line 3: unknown key 'co\\u200bupon'"):
        read(file, objects, ".jsonl")
