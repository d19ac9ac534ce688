"""What is in bronze of a test's own database, compared with what is in the database."""

from datetime import UTC, date, datetime, timedelta

from tests.harness.shop_source import ShopSource


def bronze(source: ShopSource) -> dict[str, str]:
    """All objects of the domain in bronze but its notes and counts, with their ETags."""
    listed = source.s3.list_objects_v2(Bucket="datalake", Prefix=f"bronze/{source.name}/")
    assert not listed["IsTruncated"]
    etags = {entry["Key"]: entry["ETag"] for entry in listed.get("Contents", [])}
    return {key: etag for key, etag in etags.items() if not {"_slots", "_counts"} & set(key.split("/"))}


def lose(shop: ShopSource, folder: str) -> tuple[str, bytes]:
    """Delete the one object in a folder of bronze; its key, and what was in it."""
    [key] = (key for key in bronze(shop) if folder in key)
    body = shop.s3.get_object(Bucket="datalake", Key=key)["Body"].read()
    shop.s3.delete_object(Bucket="datalake", Key=key)
    return key, body


def assert_landed_once(source: ShopSource) -> None:
    """The landed changes make the source's present rows, and no change is landed twice."""
    for table in source.tables:
        lines, key = source.lines(table), source.keys[table]
        assert source.folded(table, lines) == source.source(table), table
        versions = {(line["_pos"], *(line.get(name) for name in key)) for line in lines}
        assert len(versions) == len(lines), table


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
