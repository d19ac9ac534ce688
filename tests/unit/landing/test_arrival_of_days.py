"""When a delivered day is started, from listings as S3 gives them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shopflow_assets.sources.files.arrival import Arrivals, Cursor, is_signal, look
from shopflow_assets.sources.store import StoredObject

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
FIRST = date(2026, 1, 1)
NOTHING = Cursor()


def put(key: str, minutes_ago: float = 60, etag: str = '"1"') -> StoredObject:
    return StoredObject(f"ecommerce/{key}", etag, NOW - timedelta(minutes=minutes_ago))


def seen(*listing: StoredObject, cursor: Cursor = NOTHING, now: datetime = NOW) -> Arrivals:
    return look({"ecommerce/": listing}, cursor, now, FIRST)


def ranges(arrivals: Arrivals) -> list[tuple[str, str]]:
    return [(f"{days.first}", f"{days.last}") for days in arrivals.ranges()]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *((name, True) for name in ("_SUCCESS", "_started_7", ".orders.csv.part", "._SUCCESS.crc", "north/")),
        *((name, False) for name in ("orders.csv", "_north.csv", "_north.CSV", ".orders.json", "_a.csv.gz")),
    ],
)
def test_a_name_is_a_delivery_unless_it_is_that_of_a_signal(name: str, *, expected: bool) -> None:
    assert is_signal(f"ecommerce/2026-06-09/{name}") == expected


def test_a_day_is_started_when_its_newest_file_is_ten_minutes_old() -> None:
    files = (put("2026-06-09/orders.csv", 30), put("2026-06-09/orders.jsonl", 10))
    assert ranges(seen(*files)) == [("2026-06-09", "2026-06-09")]


def test_a_day_that_is_still_arriving_waits_and_is_started_later() -> None:
    files = (put("2026-06-09/orders.csv", 30), put("2026-06-09/orders.jsonl", 9))
    early = seen(*files)
    assert ranges(early) == []
    assert "10 minutes old" in early.notes[0]
    later = seen(*files, cursor=early.cursor, now=NOW + timedelta(minutes=1))
    assert ranges(later) == [("2026-06-09", "2026-06-09")]


def test_a_marker_starts_a_day_at_once() -> None:
    assert ranges(seen(put("2026-06-09/orders.csv", 1), put("2026-06-09/_SUCCESS", 1)))


def test_a_marker_of_an_earlier_delivery_does_not_start_a_day_with_a_new_file() -> None:
    assert not ranges(seen(put("2026-06-09/orders.csv", 1), put("2026-06-09/_SUCCESS", 600)))


def test_a_marker_in_a_subfolder_does_not_start_the_day() -> None:
    assert not ranges(seen(put("2026-06-09/north/orders.csv", 1), put("2026-06-09/north/_SUCCESS", 1)))


def test_contiguous_days_are_one_run() -> None:
    files = [put(f"2026-06-{day:02d}/orders.csv") for day in (1, 2, 3, 5, 8, 9)]
    assert ranges(seen(*files)) == [
        ("2026-06-01", "2026-06-03"),
        ("2026-06-05", "2026-06-05"),
        ("2026-06-08", "2026-06-09"),
    ]


def test_a_started_day_is_not_started_again() -> None:
    file = put("2026-06-09/orders.csv")
    assert ranges(seen(file, cursor=seen(file).cursor)) == []


def test_a_marker_that_comes_after_the_start_does_not_start_the_day_again() -> None:
    file = put("2026-06-09/orders.csv")
    assert ranges(seen(file, put("2026-06-09/_SUCCESS", 0), cursor=seen(file).cursor)) == []


def test_a_file_delivered_again_starts_the_day_again_with_another_fingerprint() -> None:
    old, first = put("2026-03-01/orders.csv", 60 * 24 * 90), put("2026-06-09/orders.csv", 60)
    started = seen(old, first)
    again = put("2026-03-01/orders.csv", 15, '"2"')
    arrivals = seen(again, first, cursor=started.cursor)
    assert ranges(arrivals) == [("2026-03-01", "2026-03-01")]
    assert {r.fingerprint for r in arrivals.ranges()}.isdisjoint(r.fingerprint for r in started.ranges())


def test_other_bytes_within_the_same_second_start_the_day_again() -> None:
    cursor = seen(put("2026-06-09/orders.csv", etag='"1"')).cursor
    assert ranges(seen(put("2026-06-09/orders.csv", etag='"2"'), cursor=cursor))


def test_an_upload_that_appears_late_with_an_older_time_is_not_missed() -> None:
    newer = put("2026-06-09/orders.csv", 20)
    cursor = seen(newer).cursor
    assert ranges(seen(put("2026-06-08/orders.csv", 200), newer, cursor=cursor)) == [
        ("2026-06-08", "2026-06-08")
    ]


def test_a_file_for_a_day_that_is_no_partition_yet_is_not_lost_when_others_pass_it() -> None:
    early, usual = put("2026-06-20/orders.csv", 60), put("2026-06-09/orders.csv", 20)
    arrivals = seen(early, usual)
    assert ranges(arrivals) == [("2026-06-09", "2026-06-09")]
    assert arrivals.notes == ["2026-06-20/: the day has not begun (UTC)"]
    for last, expected in (("2026-06-13", "2026-06-13"), ("2026-06-16", "2026-06-16"), ("2026-06-21", None)):
        day = date.fromisoformat(last)
        now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(days=1)
        news = StoredObject(f"ecommerce/{day}/orders.csv", '"1"', now - timedelta(hours=1))
        arrivals = seen(early, news, cursor=arrivals.cursor, now=now)
        assert ranges(arrivals) == [(expected, expected) if expected else ("2026-06-20", "2026-06-21")]


def test_odd_folders_are_named_and_do_not_stop_other_days() -> None:
    odd = [
        "latest/orders.csv",
        "orders.csv",
        "2025-12-31/orders.csv",
        "20260609/orders.csv",
        "2026-06-31/x.csv",
    ]
    empty = ["", "2026-06-07/", "2026-06-08/_SUCCESS"]
    arrivals = seen(*map(put, [*odd, *empty, "2026-06-09/orders.csv"]))
    assert ranges(arrivals) == [("2026-06-09", "2026-06-09")]
    assert arrivals.notes == [
        "2025-12-31/: before the first partition 2026-01-01",
        "2026-06-07/: no file in it yet",
        "2026-06-08/: no file in it yet",
        "2026-06-31/: no folder of a day, expected YYYY-MM-DD/",
        "20260609/: no folder of a day, expected YYYY-MM-DD/",
        "latest/: no folder of a day, expected YYYY-MM-DD/",
        "orders.csv: no folder of a day, expected YYYY-MM-DD/",
    ]


def test_the_cursor_grows_with_the_last_day_and_not_with_the_history() -> None:
    history = [
        put(f"2026-0{month}-{day:02d}/a.csv", 60 * 24 * 30) for month in (2, 3) for day in range(1, 29)
    ]
    cursor = seen(*history, put("2026-06-09/orders.csv")).cursor
    assert set(cursor.started) == {date(2026, 6, 9)}
    assert ranges(seen(*history, put("2026-06-09/orders.csv"), cursor=cursor)) == []


def test_a_cursor_survives_being_stored() -> None:
    cursor = seen(put("2026-06-09/orders.csv"), put("2026-06-10/orders.csv")).cursor
    assert Cursor.model_validate_json(cursor.model_dump_json()) == cursor


def test_a_file_from_the_future_does_not_hide_what_arrives_until_then() -> None:
    ahead = put("2026-06-12/orders.csv", minutes_ago=-3 * 24 * 60)
    early = seen(ahead)
    later = seen(ahead, put("2026-06-09/orders.csv"), cursor=early.cursor)
    assert ranges(later) == [("2026-06-09", "2026-06-09")]
    poisoned = Cursor(seen_until=NOW + timedelta(days=3))
    assert ranges(seen(put("2026-06-09/orders.csv"), cursor=poisoned)) == [("2026-06-09", "2026-06-09")]
