"""On which day the change stream lands a transaction, and for which days a run can land something."""

from datetime import UTC, date, datetime, timedelta

from shopflow_assets.domains.shop import DATABASE
from tests.harness.shop_source import ShopSource
from tests.harness.shop_tables import tables_of
from tests.spark.shop.landing.compared import assert_landed_once
from tests.spark.shop.landing.pipeline import (
    FIRST,
    LEAVE_OUT,
    TODAY,
    changed_days,
    environment,
    happens,
    land,
    news,
    snapshot,
)

DAY = timedelta(days=1)
SUPPLIERS = "insert into shop.suppliers select 3 + count(*), 'x', 'DE' from shop.suppliers"


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _by_day(shop: ShopSource, table: str = "suppliers") -> dict[date, list[str | None]]:
    days = [landed.partition_date for landed in shop.days()]
    return {day: [line["_op"] for line in shop.lines(table, day)] for day in days}


def test_days_before_the_next_change_are_landed_empty(unlanded: ShopSource) -> None:
    start = TODAY - 4 * DAY
    assert land(unlanded, start, at=_noon(start)) == {}
    unlanded.execute(SUPPLIERS)
    assert news(unlanded, TODAY - DAY).keys() == {TODAY - DAY}
    assert land(unlanded, TODAY - 2 * DAY, TODAY - DAY) == {}
    empty = {TODAY - n * DAY: [] for n in (3, 2, 1)}
    assert _by_day(unlanded) == {start: ["t", "r", "r", "r"], **empty}
    assert changed_days(unlanded) == {TODAY}
    assert land(unlanded) == {}
    assert _by_day(unlanded) == {start: ["t", "r", "r", "r"], **empty, TODAY: ["c"]}
    assert_landed_once(unlanded)


def test_a_day_without_changes_is_landed_up_to_now(unlanded: ShopSource) -> None:
    start = TODAY - 2 * DAY
    assert land(unlanded, start, at=_noon(start)) == {}
    assert land(unlanded, TODAY - DAY, TODAY) == {}
    assert {day: len(ops) for day, ops in _by_day(unlanded).items()} == {
        start: 4,
        TODAY - DAY: 0,
        TODAY: 0,
    }


def test_a_day_behind_the_landed_ones_is_not_read_again(shop: ShopSource) -> None:
    assert land(shop, TODAY - DAY) == {
        TODAY - DAY: f"the shop is landed from a later day on, so {TODAY - DAY} has nothing: {LEAVE_OUT}"
    }
    shop.execute(SUPPLIERS, "drop publication shopflow")
    assert land(shop, TODAY - DAY).keys() == {TODAY - DAY}


def test_a_message_of_a_real_shop_is_no_clock(shop: ShopSource) -> None:
    shop.execute(
        f"begin; select pg_logical_emit_message(true, 'shopflow.at', '2026-01-05T00:00:00'); {SUPPLIERS};"
        f" commit",
        f"begin; select pg_logical_emit_message(true, 'shopflow.at', 'noon'); {SUPPLIERS}; commit",
    )
    assert land(shop) == {}
    assert _by_day(shop) == {TODAY: ["t", "r", "r", "r", "c", "c"]}
    assert str(shop.lines("suppliers")[-1]["_at"]).startswith(f"{TODAY}")


def test_a_simulated_transaction_is_landed_on_its_day_and_the_day_never_steps_back(
    simulated: ShopSource,
) -> None:
    assert land(simulated, FIRST) == {}
    for at in ("2026-01-01 10:00", "2026-01-02 23:59:59", "2026-01-02 08:00", "2026-01-04 00:00"):
        happens(simulated, datetime.fromisoformat(at), SUPPLIERS)
    simulated.execute(SUPPLIERS)
    days = [FIRST + n * DAY for n in range(5)]
    assert changed_days(simulated) == {days[0], days[1], days[3]}
    assert land(simulated, *days[:2]) == {}
    assert land(simulated, *days) == {
        days[4]: f"the simulated shop has not lived {days[4]} yet: `shopflow simulate {days[4]} {days[4]}`"
        f" lives it; or {LEAVE_OUT}"
    }
    assert _by_day(simulated) == {
        days[0]: ["t", "r", "r", "r", "c"],
        days[1]: ["c", "c"],
        days[2]: [],
        days[3]: ["c", "c"],
    }
    at = [line["_at"] for line in simulated.lines("suppliers") if line["_op"] == "c"]
    assert at == [
        "2026-01-01T10:00:00.000000+00:00",
        "2026-01-02T23:59:59.000000+00:00",
        "2026-01-02T08:00:00.000000+00:00",
        "2026-01-04T00:00:00.000000+00:00",
        # What a person changes by hand happens with what was last.
        "2026-01-04T00:00:00.000000+00:00",
    ]
    assert_landed_once(simulated)


def test_a_day_that_is_lived_without_a_change_is_landed(simulated: ShopSource) -> None:
    assert land(simulated, FIRST) == {}
    happens(simulated, datetime(2026, 1, 3, 23, 59))
    assert news(simulated, FIRST, FIRST + 2 * DAY).keys() == {FIRST + 2 * DAY}
    assert land(simulated, *(FIRST + n * DAY for n in range(3))) == {}
    assert [len(ops) for ops in _by_day(simulated).values()] == [4, 0, 0]


def test_a_simulated_shop_that_has_not_opened_is_named(simulated: ShopSource) -> None:
    simulated.execute("delete from simulator.clock")
    problem = land(simulated, FIRST)[FIRST]
    assert "The simulated shop has not opened yet: `shopflow simulate FROM TO` lives its days" in problem
    assert "SHOPFLOW_OLTP_URL" in problem


def arrived(shop: ShopSource, *days: int) -> list[int]:
    """Those of the days, counted from the first partition, that a run with `--skip-missing` takes."""
    tables = tables_of(shop.name)
    with environment(shop):
        return [n for n in days if DATABASE.has_arrived(tables, FIRST + n * DAY)]


def test_a_stream_has_the_days_from_the_one_on_which_its_first_landing_lies(simulated: ShopSource) -> None:
    happens(simulated, datetime(2026, 1, 3, 12))
    assert arrived(simulated, 0, 1, 2, 3) == [2]
    assert changed_days(simulated) == {FIRST + 2 * DAY}
    assert land(simulated, FIRST + 2 * DAY) == {}
    assert arrived(simulated, 0, 1, 2, 3) == [2]
    happens(simulated, datetime(2026, 1, 5, 12))
    assert arrived(simulated, 0, 1, 2, 3, 4, 5) == [2, 3, 4]


def test_windows_have_all_days_of_their_epoch_until_now(simulated: ShopSource) -> None:
    simulated.mode = "watermark"
    happens(simulated, datetime(2026, 1, 3, 12))
    assert arrived(simulated, 0, 1, 2, 3) == [0, 1, 2]
    # They may be landed in any order.
    assert land(simulated, FIRST + 2 * DAY) == {}
    assert arrived(simulated, -1, 0, 1, 2, 3) == [0, 1, 2]
    simulated.mode = "stream"
    snapshot(simulated)
    # A stream goes on after the newest day: a window that was not read is read no more.
    assert arrived(simulated, 0, 1, 2, 3) == [2]


def test_a_simulated_shop_that_has_not_opened_has_no_day(simulated: ShopSource) -> None:
    simulated.execute("delete from simulator.clock")
    for mode in ("stream", "watermark"):
        simulated.mode = mode
        assert arrived(simulated, 0, 1) == []
        assert "The simulated shop has not opened yet" in land(simulated, FIRST)[FIRST]
