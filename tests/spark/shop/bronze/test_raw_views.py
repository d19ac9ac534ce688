"""Trino shows the landed records of a database: those that the committed manifests list, and no others."""

import threading
from datetime import date

import pytest
from trino import dbapi

from local_stack.settings import HOST
from shopflow_assets.sources.database.landed.values import UNCHANGED
from tests.harness import trino
from tests.spark.shop.bronze.landed_notes import VIEW, LandedNotes

QUOTED = '"raw_of_memos"."notes"'
KEYS = ["_pos", "_op", "_at", "_xid", "_old_key", "_unchanged"]
TEXTS = (
    "",
    " \t\r\n\v\f\x01\x1f\x7f ",
    "\\N",
    "null",
    '"quoted" \\ back\\slash \\u0041',
    "1.10",
    '{"a": [1]}',
    "\u0085\u2028\u2029\ufeff\u200b",
    "e\u0301 \u00e9 \U0001f600 \U0001f469\u200d\U0001f469",
    "x" * 12_000 + "\u00fc",
)


@pytest.fixture(scope="module")
def days_of_notes(notes: LandedNotes) -> LandedNotes:
    """Three days of 40, 50 and 60 records."""
    for day, records in ((8, 40), (9, 50), (10, 60)):
        notes.land(date(2026, 1, day), *((f"{n}", None, None) for n in range(records)))
    return notes


def test_each_text_is_shown_as_it_was_landed(notes: LandedNotes) -> None:
    day = date(2026, 1, 1)
    notes.land(day, *((f"{n}", "new", text) for n, text in enumerate(TEXTS)))
    shown = notes.shown(day)
    assert [*shown[0]] == ["partition_date", *KEYS, "note_id", "status", "body"]
    assert {row["note_id"]: row["body"] for row in shown} == {f"{n}": text for n, text in enumerate(TEXTS)}
    assert {(row["partition_date"], row["_op"], row["_xid"]) for row in shown} == {(day, "c", None)}


def test_null_and_a_column_that_is_absent_are_null_and_an_empty_text_is_not(notes: LandedNotes) -> None:
    day = date(2026, 1, 2)
    notes.land(day, ("1", None, UNCHANGED), ("2", "", ""))
    [first, second] = sorted(notes.shown(day), key=lambda row: row["note_id"])
    assert (first["status"], first["body"], first["_unchanged"]) == (None, None, "body")
    assert (second["status"], second["body"], second["_unchanged"]) == ("", "", None)


def test_columns_that_the_contract_does_not_have_disturb_nothing(notes: LandedNotes) -> None:
    day = date(2026, 1, 3)
    unknown = ("Status", "STATUS", "_col0", "_col7", "_col99", "partition_date", "line", "b.c", 'd"e')
    notes.land(day, ("1", "good", "text", *["bad"] * 9), columns=("note_id", "status", "body", *unknown))
    [row] = notes.shown(day)
    assert [*row] == ["partition_date", *KEYS, "note_id", "status", "body"]
    assert (row["partition_date"], row["note_id"], row["status"], row["body"]) == (day, "1", "good", "text")


def test_an_object_that_no_manifest_lists_is_not_shown(notes: LandedNotes) -> None:
    day = date(2026, 1, 4)
    landed = notes.land(day, ("1", "listed", None))
    notes.put(day, "0001-0-orphan.jsonl", b'{"_pos":"0","note_id":"2","status":"orphan"}\n')
    notes.put(day, "older.json", landed.to_bytes(), folder="memos/landings")
    assert notes.objects(day) == 2
    assert [row["status"] for row in notes.shown(day)] == ["listed"]


def test_of_an_object_that_grew_only_the_newest_version_is_shown(notes: LandedNotes) -> None:
    day = date(2026, 1, 5)
    notes.land(day, ("1", "first", None))
    notes.land(day, ("2", "second", None))
    assert notes.objects(day) == 2
    assert sorted(row["status"] for row in notes.shown(day)) == ["first", "second"]


def test_a_day_without_landing_and_a_day_without_changes_are_empty(notes: LandedNotes) -> None:
    notes.land(date(2026, 1, 6))
    notes.put(date(2026, 1, 7), "0001-0-orphan.jsonl", b'{"_pos":"0","note_id":"2","status":"orphan"}\n')
    assert notes.objects(date(2026, 1, 7)) == 1
    assert notes.shown(date(2026, 1, 6), "count(*) as n") == [{"n": 0}]
    assert notes.shown(date(2026, 1, 7), "count(*) as n") == [{"n": 0}]


@pytest.mark.parametrize(
    ("condition", "records", "days"),
    [
        ("partition_date = date '2026-01-09'", 50, 1),
        ("partition_date between date '2026-01-09' and date '2026-01-10'", 110, 2),
        ("partition_date in (date '2026-01-08', date '2026-01-10') and note_id <> '0'", 98, 2),
    ],
)
def test_a_filter_on_the_date_reads_the_objects_of_these_days_only(
    days_of_notes: LandedNotes, condition: str, records: int, days: int
) -> None:
    port = days_of_notes.lakehouse.stack.settings.trino_port
    with dbapi.connect(host=HOST, port=port, user="test") as connection:
        cursor = connection.cursor().execute(f"select count(*) from {VIEW} where {condition}")
        assert cursor.fetchall() == [[records]]
        assert cursor.query_id
        read = trino.rows_read(port, cursor.query_id)
    # The records of the days, and one line of each manifest.
    assert read == records + days + (days if "note_id" in condition else 0)


def test_a_landing_at_the_moment_of_a_query_hides_nothing(notes: LandedNotes) -> None:
    day, over = date(2026, 1, 11), threading.Event()
    notes.land(day, ("0", None, None))
    committed = [1]

    def grow() -> None:
        while not over.is_set():
            notes.land(day, ("1", None, None))
            committed.append(committed[-1] + 1)

    growing = threading.Thread(target=grow)
    growing.start()
    try:
        for _ in range(8):
            before = committed[-1]
            [row] = notes.shown(day, "count(*) as n")
            assert before <= row["n"] <= committed[-1] + 1
    finally:
        over.set()
        growing.join()
    assert committed[-1] > 8


def test_what_an_older_version_created_is_created_again_and_the_rest_is_left(notes: LandedNotes) -> None:
    day = date(2026, 1, 12)
    notes.land(day, ("1", "good", None))
    notes.lakehouse.sql(
        f"create or replace view {VIEW} comment 'The notes [0123456789ab]' as select 1 as older",
        "comment on table bronze.landed.lines is 'Lines [0123456789ab]'",
    )
    assert _created_by(notes) == [f"create or replace view {QUOTED}", 'create table "landed"."lines" (']
    assert [row["status"] for row in notes.shown(day)] == ["good"]
    assert _created_by(notes) == []


def _created_by(notes: LandedNotes) -> list[str]:
    """What the views' preparation created: the first lines of the statements."""
    [now] = notes.lakehouse.sql("select cast(current_timestamp as varchar) as now")
    notes.create_views()
    statements = notes.lakehouse.sql(
        "select query from system.runtime.queries"
        f" where created > timestamp '{now['now']}' and query like 'create%' and query not like '% schema %'"
    )
    return sorted(row["query"].partition("\n")[0] for row in statements)
