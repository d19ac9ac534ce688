"""The marketplace simulator: what one export looks like, and how exports of several days fit together."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from shop_simulator.errors import DayBeforeOpeningError, EmptyRangeError, OrderCountError
from shop_simulator.marketplace.defects import KINDS
from shop_simulator.marketplace.simulation import simulate
from shop_simulator.marketplace.truth import DayTruth
from shop_simulator.world import FIELDS, OPENING

DAYS = 12
ORDERS = 700


class Inbox:
    """The objects and the truths of one simulation."""

    def __init__(self, truth_dir: Path) -> None:
        self.objects: dict[str, bytes] = {}
        self.truths: list[DayTruth] = []
        self.truth_dir = truth_dir

    def fill(self, start: date, end: date, orders: int = ORDERS, seed: int = 42) -> "Inbox":
        simulate(
            start,
            end,
            orders_per_day=orders,
            seed=seed,
            put=self.objects.__setitem__,
            truth_dir=self.truth_dir,
            on_day=self.truths.append,
        )
        return self

    def lines(self) -> pl.DataFrame:
        """Return the good lines of all days, with `sent_on`."""
        return pl.concat(
            pl.read_csv(file, infer_schema=False).with_columns(sent_on=pl.lit(file.name[:10]))
            for file in sorted((self.truth_dir / "ecommerce").glob("*.lines.csv"))
        )


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Inbox:
    return Inbox(tmp_path_factory.mktemp("truth")).fill(OPENING, OPENING + timedelta(days=DAYS - 1))


@pytest.fixture
def empty(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path)


def test_a_day_has_the_same_bytes_whatever_range_was_asked_for(inbox: Inbox, empty: Inbox) -> None:
    day = OPENING + timedelta(days=8)
    empty.fill(day, day)
    assert empty.objects == {key: body for key, body in inbox.objects.items() if day.isoformat() in key}
    assert empty.truths == [inbox.truths[8]]


def test_another_seed_is_another_shop(inbox: Inbox, empty: Inbox) -> None:
    empty.fill(OPENING, OPENING, seed=7)
    assert (
        empty.objects["ecommerce/2026-01-01/orders.csv"] != inbox.objects["ecommerce/2026-01-01/orders.csv"]
    )


def test_each_day_has_a_csv_and_a_json_file_of_about_the_same_size(inbox: Inbox) -> None:
    assert len(inbox.objects) == 2 * DAYS
    for truth in inbox.truths:
        in_csv, in_json = (truth.files[name]["records"] for name in ("orders.csv", "orders.jsonl"))
        assert in_csv + in_json == truth.records
        assert 0.8 < in_csv / in_json < 1.25


def test_a_usual_day_has_5000_orders_12500_lines_and_one_percent_of_defects(empty: Inbox) -> None:
    empty.fill(OPENING + timedelta(days=40), OPENING + timedelta(days=40), orders=5000)
    truth = empty.truths[0]
    assert 4500 < truth.orders < 5500
    assert 11_500 < truth.records < 13_500
    assert 0.008 < truth.quarantined_lines / truth.records < 0.012
    assert set(truth.defects) == set(KINDS)


def test_volume_stays_level_while_orders_are_sent_again(inbox: Inbox) -> None:
    assert all(0.88 * ORDERS < truth.orders < 1.12 * ORDERS for truth in inbox.truths)
    assert inbox.truths[-1].new_orders < 0.6 * ORDERS


def test_every_kind_of_defect_is_planted_every_day_but_age_on_the_first(inbox: Inbox) -> None:
    assert set(KINDS) - set(inbox.truths[0].defects) == {"order_too_old"}
    assert all(set(truth.defects) == set(KINDS) for truth in inbox.truths[1:])


def test_a_small_shop_takes_the_kinds_in_turn_and_stays_below_the_limit(empty: Inbox) -> None:
    empty.fill(OPENING, OPENING + timedelta(days=14), orders=50)
    assert {kind for truth in empty.truths for kind in truth.defects} == set(KINDS)
    assert sum(t.quarantined_lines for t in empty.truths) < 0.05 * sum(t.records for t in empty.truths)


def test_orders_come_again_with_a_changed_status_within_ten_days(inbox: Inbox) -> None:
    seen = (
        inbox.lines()
        .group_by("order_id")
        .agg(
            pl.col("order_status").n_unique().alias("statuses"),
            (pl.col("sent_on").max().str.to_date() - pl.col("order_date").str.head(10).str.to_date().min())
            .dt.total_days()
            .max()
            .alias("age"),
            pl.col("order_date").n_unique().alias("times"),
        )
    )
    assert seen.filter(pl.col("statuses") >= 2).height > seen.height / 4
    assert seen["age"].min() == 0
    assert 5 <= seen["age"].max() <= 10  # ty: ignore[unsupported-operator]
    assert seen["times"].max() == 1


def test_customers_come_back_and_move_and_prices_change(inbox: Inbox) -> None:
    lines = inbox.lines()
    orders = lines.group_by("customer_id").agg(
        pl.col("order_id").n_unique(), pl.col("address").drop_nulls().n_unique()
    )
    assert orders.filter(pl.col("order_id") > 3).height > 20
    assert orders.filter(pl.col("address") > 1).height > 5
    prices = lines.group_by("product_id").agg(pl.col("price").n_unique())
    assert prices.filter(pl.col("price") > 1).height > 50


def test_texts_hold_what_breaks_naive_readers(inbox: Inbox) -> None:
    addresses = inbox.lines()["address"].drop_nulls()
    for trap in (",", '"', "\n", "ß"):
        assert addresses.str.contains(trap, literal=True).any(), trap


def test_the_columns_are_those_of_the_contract_in_their_order(inbox: Inbox) -> None:
    header = inbox.objects["ecommerce/2026-01-01/orders.csv"].split(b"\n", 1)[0].decode()
    assert tuple(header.split(",")) == FIELDS


def test_a_day_before_the_opening_is_refused_and_nothing_written(empty: Inbox) -> None:
    with pytest.raises(DayBeforeOpeningError, match="the shop opens on 2026-01-01"):
        empty.fill(date(2025, 12, 31), OPENING)
    assert not empty.objects


def test_a_range_that_ends_before_it_starts_is_refused(empty: Inbox) -> None:
    with pytest.raises(EmptyRangeError, match="before it starts"):
        empty.fill(OPENING + timedelta(days=1), OPENING)


def test_a_day_without_orders_is_refused(empty: Inbox) -> None:
    with pytest.raises(OrderCountError, match="at least 1"):
        empty.fill(OPENING, OPENING, orders=0)


def test_a_shop_with_one_order_a_day_works(empty: Inbox) -> None:
    empty.fill(OPENING, OPENING + timedelta(days=3), orders=1)
    assert all(truth.good_lines > 0 for truth in empty.truths)
