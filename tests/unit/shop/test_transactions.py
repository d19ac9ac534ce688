"""Which transactions of a change stream are still to be landed, and when they happened."""

from datetime import UTC, date, datetime, timedelta

from shopflow_assets.sources.database.landed.landed_day import DatabaseDay
from shopflow_assets.sources.database.stream.pgoutput import Change, Commit
from shopflow_assets.sources.database.stream.transactions import Transaction, transactions
from tests.unit.shop.pgoutput_bytes import AT, begin, commit, insert, message, relation

LAST = datetime(2026, 1, 1, 12, tzinfo=UTC)
NOTES = relation(1, "notes", "id")


def landed(through: str, *, is_simulated: bool = False) -> DatabaseDay:
    return DatabaseDay(
        domain="shop",
        partition_date=date(2026, 1, 1),
        mode="stream",
        epoch=1,
        epoch_begins=date(2026, 1, 1),
        cluster="7",
        through=through,
        through_at=LAST,
        is_simulated=is_simulated,
    )


def of_transaction(place: int, *messages: bytes, at: datetime = AT) -> list[bytes]:
    return [begin(place, at, xid=place), *messages, commit(place, place + 8)]


def shown(messages: list[bytes], day: DatabaseDay) -> list[object]:
    """The opening of each transaction, the row of each change, the end of each."""
    records = []
    for record in transactions(messages, day):
        if isinstance(record, Transaction):
            records.append((record.xid, record.at))
        elif isinstance(record, Change):
            records.append(record.new)
        elif isinstance(record, Commit):
            records.append(record.end_lsn)
    return records


def test_what_is_landed_is_passed_over_and_what_begins_at_its_end_is_not() -> None:
    stream = [NOTES, *(data for n in (8, 16, 24) for data in of_transaction(n, insert(1, f"{n}")))]
    assert shown(stream, landed("0/10")) == [(16, AT), ("16",), 24, (24, AT), ("24",), 32]
    assert shown(stream, landed("0/20")) == []


def test_a_transaction_without_changes_has_only_an_end() -> None:
    assert shown(of_transaction(8), landed("0/1")) == [16]


def test_a_simulated_transaction_happens_when_it_says() -> None:
    says = message("shopflow.at", "2026-01-01T13:00:00+00:00")
    stream = [NOTES, *of_transaction(8, says, insert(1, "a")), *of_transaction(16, insert(1, "b"))]
    one = LAST + timedelta(hours=1)
    # What a person changes by hand happens with what was last.
    assert shown(stream, landed("0/1", is_simulated=True)) == [(8, one), ("a",), 16, (16, one), ("b",), 24]
    by_hand = [NOTES, *of_transaction(16, insert(1, "b"))]
    assert shown(by_hand, landed("0/1", is_simulated=True))[0] == (16, LAST)


def test_no_message_of_a_real_shop_is_a_clock() -> None:
    for content in ("2026-01-01T13:00:00+00:00", "noon"):
        stream = [NOTES, *of_transaction(8, message("shopflow.at", content), insert(1, "a"))]
        assert shown(stream, landed("0/1"))[0] == (8, AT)


def test_a_message_between_transactions_or_of_another_program_changes_no_time() -> None:
    stray = message("shopflow.at", "2026-01-05T00:00:00+00:00", is_of_transaction=False)
    other = message("audit", "2026-01-05T00:00:00+00:00")
    stream = [NOTES, *of_transaction(8), stray, *of_transaction(16, other, insert(1, "a"))]
    assert shown(stream, landed("0/1", is_simulated=True))[1] == (16, LAST)
