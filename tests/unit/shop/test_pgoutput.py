"""What the decoder reads of pgoutput's messages."""

from struct import pack

import pytest

from shopflow_assets.sources.database.landed.values import UNCHANGED
from shopflow_assets.sources.database.stream.pgoutput import (
    Begin,
    Change,
    Commit,
    Decoder,
    Message,
    Record,
    Relation,
)
from tests.unit.shop.pgoutput_bytes import (
    AT,
    begin,
    commit,
    delete,
    insert,
    message,
    relation,
    row,
    truncate,
    update,
)

NOTES = Relation("shop", "notes", ("id", "status", "body"))
DESCRIBED = relation(1, "notes", *NOTES.columns)


def decoded(*messages: bytes) -> list[Record]:
    decoder = Decoder()
    return [record for data in messages for record in decoder.decode(data)]


def test_a_transaction_has_its_place_its_time_and_its_number() -> None:
    assert decoded(begin(0x1_6B37_48F0, AT, 4_000_000_000), commit(0x1_6B37_48F0, 0x1_6B37_4920)) == [
        Begin(0x1_6B37_48F0, AT, 4_000_000_000),
        Commit(0x1_6B37_4920),
    ]


def test_an_inserted_row_has_texts_and_nulls_and_an_empty_text_is_no_null() -> None:
    assert decoded(DESCRIBED, insert(1, "1", "", None)) == [Change(NOTES, "c", new=("1", "", None))]
    odd = 'ä𝄞\n\t"\\ \u2028'
    assert decoded(DESCRIBED, insert(1, "1", odd, "x" * 70_000)) == [
        Change(NOTES, "c", new=("1", odd, "x" * 70_000))
    ]


def test_an_update_has_the_new_row_and_the_old_key_only_if_that_changed() -> None:
    assert decoded(DESCRIBED, update(1, "1", "a", None)) == [Change(NOTES, "u", new=("1", "a", None))]
    assert decoded(DESCRIBED, update(1, "2", "a", None, old=("1", None, None))) == [
        Change(NOTES, "u", new=("2", "a", None), old=("1", None, None))
    ]


def test_a_value_that_was_not_sent_is_taken_from_a_whole_old_row_only() -> None:
    sent = ("2", "a", UNCHANGED)
    [by_key] = decoded(DESCRIBED, update(1, *sent, old=("1", None, None)))
    assert by_key == Change(NOTES, "u", new=sent, old=("1", None, None))
    [whole] = decoded(DESCRIBED, update(1, *sent, old=("1", "a", "wide"), kind=b"O"))
    assert whole == Change(NOTES, "u", new=("2", "a", "wide"), old=("1", "a", "wide"))


@pytest.mark.parametrize("kind", [b"K", b"O"])
def test_a_delete_has_the_old_row_as_far_as_it_is_sent(kind: bytes) -> None:
    assert decoded(DESCRIBED, delete(1, "1", None, None, kind=kind)) == [
        Change(NOTES, "d", old=("1", None, None))
    ]


def test_a_truncate_of_several_tables_is_one_change_of_each() -> None:
    others = Relation("other", "notes", ("id",))
    assert decoded(DESCRIBED, relation(2, "notes", "id", schema="other"), truncate(2, 1)) == [
        Change(others, "t"),
        Change(NOTES, "t"),
    ]


def test_a_row_has_the_columns_that_its_table_had_then() -> None:
    wider = relation(1, "notes", *NOTES.columns, "rating")
    columns = [
        change.relation.columns
        for change in decoded(DESCRIBED, insert(1, "1", "a", None), wider, insert(1, "2", "a", None, "5"))
        if isinstance(change, Change)
    ]
    assert columns == [("id", "status", "body"), ("id", "status", "body", "rating")]


def test_a_message_has_its_prefix_and_its_content() -> None:
    assert decoded(message("shopflow.at", "2026-01-01Tä")) == [
        Message("shopflow.at", "2026-01-01Tä".encode())
    ]


def test_types_and_origins_of_changes_are_passed_over() -> None:
    type_of_column = b"Y" + pack(">I", 9) + b"shop\0mood\0"
    origin = b"O" + pack(">Q", 1) + b"elsewhere\0"
    assert decoded(type_of_column, origin) == []


def test_a_table_of_the_system_has_its_schema_named() -> None:
    [change] = decoded(relation(3, "pg_class", "oid", schema=""), insert(3, "1"))
    assert isinstance(change, Change)
    assert change.relation.schema == "pg_catalog"


def test_what_was_not_asked_for_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown pgoutput message b'S'"):
        decoded(b"S" + pack(">IB", 7, 1))
    binary = b"I" + pack(">I", 1) + b"N" + row("1", "a", None).replace(b"t", b"b", 1)
    with pytest.raises(ValueError, match="value of kind 'b': only texts are asked for"):
        decoded(DESCRIBED, binary)
