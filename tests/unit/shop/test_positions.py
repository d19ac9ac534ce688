"""Of two positions as texts, the later one is greater."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from shopflow_assets.sources.database.landed.position import instant_text, lsn, lsn_text, position

PLACES = st.tuples(st.integers(1, 9999), st.integers(0, 2**64 - 1), st.integers(0, 99_999_999))


@given(PLACES, PLACES)
def test_positions_are_in_the_order_of_epoch_place_and_ordinal(
    one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    assert (position(*one) < position(*other)) == (one < other)


def test_a_position_has_a_fixed_width() -> None:
    assert position(1, 0x16B3748, 2) == "0001/00000000016B3748/0000000002"


@given(st.integers(0, 2**64 - 1))
def test_a_log_position_is_read_as_it_is_written(number: int) -> None:
    assert lsn(lsn_text(number)) == number


def test_a_log_position_is_written_as_postgres_does() -> None:
    assert lsn_text(0x1_6B37_48F0) == "1/6B3748F0"
    assert lsn("0/0") == 0


def test_an_instant_is_in_utc_with_microseconds() -> None:
    berlin = timezone(timedelta(hours=1))
    assert instant_text(datetime(2026, 1, 1, 0, 30, tzinfo=berlin)) == "2025-12-31T23:30:00.000000+00:00"
    assert instant_text(datetime(2026, 1, 1, 0, 0, 0, 7, tzinfo=UTC)) == "2026-01-01T00:00:00.000007+00:00"
