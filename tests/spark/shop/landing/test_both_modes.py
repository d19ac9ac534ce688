"""The same lived days by the change stream and by watermark windows, and what the windows cannot see."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from shop_simulator.shop.living import live
from shop_simulator.shop.opening import open_shop
from shop_simulator.world import World
from tests.harness.shop_source import Line, ShopSource
from tests.harness.stack import Stack
from tests.spark.shop.landing.pipeline import FIRST, land

WORLD = World(11, 25)
DAYS = [FIRST + timedelta(days=n) for n in range(3)]
Key = tuple[str | None, ...]


@dataclass(frozen=True)
class BothModes:
    """One database, landed by both modes, each day before the next was lived."""

    stream: ShopSource
    windows: ShopSource
    is_forgetful: bool

    def last_of_each_day(self, table: str) -> dict[tuple[date, Key], Line]:
        """The last version that the stream has of each row and day."""
        key = self.stream.keys[table]
        return {
            (day, tuple(line[name] for name in key)): line
            for day in DAYS
            for line in sorted(self.stream.lines(table, day), key=lambda line: str(line["_pos"]))
            if line["_op"] != "t"
        }

    def read(self, table: str) -> dict[tuple[date, Key], Line]:
        """The one version that the windows have of each row and day."""
        key = self.windows.keys[table]
        lines = [(day, line) for day in DAYS for line in self.windows.lines(table, day)]
        versions = {(day, tuple(line[name] for name in key)): line for day, line in lines}
        assert len(versions) == len(lines)
        return versions


def values(line: Line) -> dict[str, str | None]:
    return {name: value for name, value in line.items() if not name.startswith("_")}


def at(line: Line) -> datetime:
    """When the change was made. The stream gives it in UTC, the shop's own column has no zone."""
    return datetime.fromisoformat(str(line["_at"])).replace(tzinfo=None)


def updated_at(line: Line) -> datetime | None:
    """What the row itself says."""
    return datetime.fromisoformat(str(line["updated_at"])) if line["_op"] != "d" else None


@pytest.fixture(scope="module", params=[False, True], ids=["remembering", "forgetful"])
def lived(
    request: pytest.FixtureRequest, stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BothModes]:
    stream = ShopSource(stack, "shop_modes")
    windows = ShopSource(stack, "shop_windows", "watermark", database="shop_modes")
    truth = tmp_path_factory.mktemp("truth")
    stream.create()
    windows.empty_lake()

    def land_both(day: date) -> None:
        assert land(stream, day) == land(windows, day) == {}

    try:
        with stream.connect() as shop:
            open_shop(shop, WORLD, Path(truth))
            # The stream begins before the first day, or it would not see its changes.
            assert land(stream, FIRST) == {}
            live(
                shop,
                WORLD,
                DAYS[-1],
                Path(truth),
                before_day=lambda day: land_both(day - timedelta(days=1)) if day > FIRST else None,
                forget_updated_at=request.param,
            )
        land_both(DAYS[-1])
        yield BothModes(stream, windows, request.param)
    finally:
        stream.drop()


def is_seen(day: date, line: Line) -> bool:
    """Whether the windows can see the last version of a row on a day. The first partition takes all rows."""
    return line["_op"] != "d" and (day == FIRST or str(line["updated_at"]) >= f"{day}")


def test_windows_have_the_last_of_a_days_versions_but_for_deletes_and_forgotten_times(
    lived: BothModes,
) -> None:
    unseen = Counter()
    for table in lived.stream.tables:
        last, read = lived.last_of_each_day(table), lived.read(table)
        expected = {key: line for key, line in last.items() if is_seen(key[0], line)}
        assert {key: values(line) for key, line in read.items()} == {
            key: values(line) for key, line in expected.items()
        }, table
        told = {key: line for key, line in expected.items() if at(line) == updated_at(line)}
        assert {key: at(read[key]) for key in told} == {key: at(line) for key, line in told.items()}, table
        unseen.update(line["_op"] for key, line in last.items() if key not in expected)
        unseen["seen"] += len(told)
        unseen["not last"] += len(lived.stream.lines(table)) - len(last)
    assert unseen["seen"] > 300
    assert unseen["not last"] > 100
    assert unseen["d"] > 0
    assert (unseen["u"] > 0) == lived.is_forgetful


def test_the_present_rows_are_equal_but_for_deleted_rows_and_forgotten_times(lived: BothModes) -> None:
    differing = Counter()
    for table in lived.stream.tables:
        key = lived.stream.keys[table]
        stream, windows = (
            {tuple(dict(row)[name] for name in key): dict(row) for row in source.current(table)}
            for source in (lived.stream, lived.windows)
        )
        assert lived.stream.current(table) == lived.stream.source(table), table
        deleted = {of for (_, of), line in lived.last_of_each_day(table).items() if line["_op"] == "d"}
        assert windows.keys() - stream.keys() <= deleted
        assert stream.keys() <= windows.keys()
        other = [of for of, row in stream.items() if windows[of] != row]
        # Such a row has the very time that it had before it was changed.
        assert all(windows[of]["updated_at"] == stream[of]["updated_at"] for of in other)
        differing["deleted"] += len(windows) - len(stream)
        differing[table] += len(other)
    assert differing.pop("deleted") > 0
    assert set(+differing) == ({"customers"} if lived.is_forgetful else set())
