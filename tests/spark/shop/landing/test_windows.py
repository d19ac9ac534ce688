"""Which rows a watermark window takes, however often and in whichever order days are landed."""

from collections.abc import Iterator
from typing import Any

import pytest

from shopflow_assets.sources.store import ObjectStore
from tests.harness.shop_source import ShopSource
from tests.harness.stack import Stack
from tests.spark.shop.landing.compared import assert_landed_once, at, bronze, claimed, read, supplier
from tests.spark.shop.landing.pipeline import DAY, FIRST, changed_days, land, landings, news, snapshot

# The first partition and the days after it.
DAYS = [FIRST + n * DAY for n in range(4)]
BOTH_TYPES = pytest.mark.parametrize("shop", ["timestamp", "timestamptz"], indirect=True)


@pytest.fixture
def shop(stack: Stack, request: pytest.FixtureRequest) -> Iterator[ShopSource]:
    """A shop with a supplier of long ago. The parameter is the type of the suppliers' `updated_at`."""
    source = ShopSource(stack, "shop_landing", "watermark")
    source.create(is_simulated=False)
    kind = getattr(request, "param", "timestamp")
    source.execute(
        "alter database shop_landing set timezone = 'UTC'",
        f"alter table shop.suppliers alter updated_at type {kind}",
        supplier(1, "2025-06-01 10:00"),
    )
    yield source
    source.drop()


@BOTH_TYPES
def test_the_first_partition_takes_all_that_was_there_before_it_once(shop: ShopSource) -> None:
    shop.execute(
        "alter table shop.suppliers alter updated_at drop not null",
        supplier(2, at(DAYS[0], 12)),
        supplier(3, "infinity"),
        supplier(4, "-infinity"),
        "insert into shop.suppliers values (5, 'x', 'DE', null)",
        supplier(6, "0001-01-01 BC"),
        supplier(7, at(DAYS[1], 1)),
    )
    for _ in range(2):
        assert land(shop, DAYS[1], DAYS[0], at=at(DAYS[1], 2)) == {}
        assert {day: sorted(numbers) for day, numbers in read(shop).items()} == {
            DAYS[0]: ["1", "2", "3", "4", "5", "6"],
            DAYS[1]: ["7"],
        }
        assert claimed(shop) == {DAYS[0]: 6, DAYS[1]: 1}
    places = {line["supplier_id"]: str(line["_pos"]) for line in shop.lines("suppliers")}
    assert sorted(places, key=lambda number: (places[str(number)], str(number))) == list("3456127")

    shop.execute("insert into shop.suppliers values (8, 'x', 'DE', null)")
    day = landings(shop, DAYS[1], at=at(DAYS[1], 3))[DAYS[1]]
    verdicts = next(iter(day.values())).verdicts
    assert verdicts["lag"].passed
    assert not verdicts["unseen"].passed
    assert verdicts["unseen"].is_warning
    assert verdicts["unseen"].metadata == {"suppliers": 4}
    assert "suppliers 4. No change of them is seen" in verdicts["unseen"].description


def test_the_overlap_has_what_was_open_when_its_day_was_read(shop: ShopSource) -> None:
    with shop.connect() as slow:
        slow.execute("begin")
        slow.execute(supplier(2, at(DAYS[0], 23)).encode())
        assert land(shop, DAYS[0], at=at(DAYS[1], 0.1)) == {}
        assert changed_days(shop) == set()
        slow.execute("commit")
    assert changed_days(shop) >= {DAYS[0]}
    assert news(shop, DAYS[0])[DAYS[0]] == {"suppliers"}
    assert land(shop, DAYS[1], at=at(DAYS[1], 12)) == {}
    assert read(shop) == {DAYS[0]: ["1"], DAYS[1]: ["2"]}
    assert claimed(shop) == {DAYS[0]: 1, DAYS[1]: 1}
    # Landing the day again takes it no second time.
    assert land(shop, DAYS[0], at=at(DAYS[1], 13)) == {}
    assert read(shop) == {DAYS[0]: ["1"], DAYS[1]: ["2"]}
    assert claimed(shop) == {DAYS[0]: 1, DAYS[1]: 1}


def test_a_day_that_was_read_last_before_its_end_is_completed_by_the_next(shop: ShopSource) -> None:
    assert land(shop, DAYS[0], at=at(DAYS[0], 10)) == {}
    shop.execute(supplier(2, at(DAYS[0], 11)), supplier(3, at(DAYS[1], 9)))
    assert land(shop, DAYS[1], at=at(DAYS[1], 10)) == {}
    assert read(shop) == {DAYS[0]: ["1"], DAYS[1]: ["2", "3"]}
    assert land(shop, *DAYS[:2], at=at(DAYS[1], 11)) == {}
    assert_landed_once(shop)
    assert claimed(shop) == {DAYS[0]: 1, DAYS[1]: 2}


def test_the_open_day_may_be_landed_as_often_as_one_likes(shop: ShopSource) -> None:
    shas = set()
    for hour in range(1, 6):
        shop.execute(supplier(10 + hour, at(DAYS[0], hour)))
        shop.execute(
            f"update shop.suppliers set name = 'v{hour}', updated_at = '{at(DAYS[0], hour)}' where"
            " supplier_id = 1"
        )
        for minutes in (1, 2):
            assert land(shop, DAYS[0], at=at(DAYS[0], hour + minutes / 60)) == {}
            assert news(shop, DAYS[0]) == {}
            assert changed_days(shop) == set()
        shas.add(next(iter(shop.days())).files["suppliers"][-1].sha256)
    assert len(shas) == 5
    names = [line["name"] for line in shop.lines("suppliers") if line["supplier_id"] == "1"]
    assert names == ["v1", "v2", "v3", "v4", "v5"]
    assert_landed_once(shop)
    assert claimed(shop) == {DAYS[0]: 10}


@BOTH_TYPES
def test_days_may_be_landed_in_any_order(shop: ShopSource) -> None:
    shop.execute(
        *(
            supplier(10 + n, at(day, hour))
            for n, (day, hour) in enumerate((day, hour) for day in DAYS for hour in (0, 12, 22.5, 23.999))
        )
    )
    for n in (2, 0, 1, 0, 3, 1):
        assert land(shop, DAYS[n], at=at(DAYS[3], 24)) == {}
    assert {day: len(numbers) for day, numbers in read(shop).items()} == dict(
        zip(DAYS, (5, 2, 6, 4), strict=True)
    )
    assert_landed_once(shop)
    assert claimed(shop) == {day: len(numbers) for day, numbers in read(shop).items()}


def test_a_snapshot_begins_an_epoch_that_no_earlier_day_belongs_to(shop: ShopSource) -> None:
    shop.execute("alter table shop.suppliers alter updated_at drop not null", supplier(2, at(DAYS[1], 5)))
    assert land(shop, DAYS[1], at=at(DAYS[1], 6)) == {}
    shop.execute("delete from shop.suppliers where supplier_id = 2", supplier(3, at(DAYS[2], 5)))
    shop.execute("insert into shop.suppliers values (4, 'x', 'DE', null)")
    snapshot(shop, at=at(DAYS[2], 6))
    shop.execute(supplier(5, at(DAYS[2], 7)))
    assert land(shop, DAYS[1], DAYS[2], at=at(DAYS[2], 8)) == {}
    assert "the shop is landed from a later day on" in land(shop, DAYS[0], at=at(DAYS[2], 8))[DAYS[0]]
    landed = read(shop)
    assert landed[DAYS[1]] == ["2"]
    assert landed[DAYS[2]][0] == "None"
    assert sorted(landed[DAYS[2]][1:]) == ["1", "3", "4", "5"]
    truncate, *rows = sorted(shop.lines("suppliers", DAYS[2]), key=lambda line: str(line["_pos"]))
    assert truncate["_op"] == "t"
    assert str(truncate["_pos"]) < str(rows[0]["_pos"])
    assert_landed_once(shop)
    assert claimed(shop) == {DAYS[1]: 1, DAYS[2]: 5}


def test_a_column_that_was_added_again_is_refused_until_a_snapshot(shop: ShopSource) -> None:
    assert land(shop, DAYS[0], at=at(DAYS[0], 1)) == {}
    shop.execute("alter table shop.suppliers drop name, add name text not null default 'x'")
    problem = land(shop, DAYS[0], at=at(DAYS[0], 2))[DAYS[0]]
    assert "shop.suppliers.name: was dropped and added again" in problem
    assert "`shopflow snapshot --domain shop_landing`" in problem
    snapshot(shop, at=at(DAYS[0], 3))
    assert land(shop, DAYS[0], at=at(DAYS[0], 4)) == {}
    assert_landed_once(shop)


def test_a_day_that_has_not_begun_is_named(shop: ShopSource) -> None:
    [(day, problem)] = land(shop, DAYS[0], DAYS[1], at=at(DAYS[0], 1)).items()
    assert day == DAYS[1]
    assert f"{day} has not begun (UTC): run it when it has" in problem


class _Interrupted(BaseException):
    pass


@pytest.mark.parametrize(
    ("step", "moment"),
    [("upload", "before"), ("upload", "after"), ("replace", "before"), ("replace", "after")],
)
def test_an_interrupted_landing_lands_the_same_when_it_is_repeated(
    shop: ShopSource, monkeypatch: pytest.MonkeyPatch, step: str, moment: str
) -> None:
    shop.execute(supplier(2, at(DAYS[0], 1)))
    original = getattr(ObjectStore, step)

    def interrupted(*arguments: Any) -> Any:
        if moment == "after":
            original(*arguments)
        raise _Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(ObjectStore, step, interrupted)
        with pytest.raises(_Interrupted):
            land(shop, DAYS[0], at=at(DAYS[0], 2))
    left = bronze(shop)
    for hour in (3, 4):
        assert land(shop, DAYS[0], at=at(DAYS[0], hour)) == {}
        assert read(shop) == {DAYS[0]: ["1", "2"]}
        assert claimed(shop) == {DAYS[0]: 2}
    assert_landed_once(shop)
    # What the interrupted landing put is put again under its name.
    assert left.items() - bronze(shop).items() <= {
        (key, etag) for key, etag in left.items() if "manifest" in key
    }
    assert len(bronze(shop)) == 2
