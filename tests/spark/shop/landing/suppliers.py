"""Suppliers as the tests of watermark windows change and read them."""

from datetime import UTC, date, datetime, timedelta

from tests.harness.shop_source import ShopSource


def at(day: date, hour: float) -> datetime:
    """An hour of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour)


def supplier(number: int, changed: datetime | str) -> str:
    """The statement that adds a supplier who was changed at this time."""
    return f"insert into shop.suppliers values ({number}, 'Name {number}', 'DE', '{changed}')"


def read(shop: ShopSource) -> dict[date, list[str]]:
    """The suppliers that are landed, by day."""
    days = [landed.partition_date for landed in shop.days()]
    return {day: [str(line.get("supplier_id")) for line in shop.lines("suppliers", day)] for day in days}


def claimed(shop: ShopSource) -> dict[date, int]:
    """What the source has counted of them."""
    return {landed.partition_date: landed.claims["suppliers"].rows for landed in shop.days()}
