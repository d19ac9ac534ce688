"""What is in bronze of a test's own database, compared with what is in the database."""

from tests.harness.shop_source import ShopSource


def bronze(source: ShopSource) -> dict[str, str]:
    """All objects of the domain in bronze, with their ETags."""
    listed = source.s3.list_objects_v2(Bucket="datalake", Prefix=f"bronze/{source.name}/")
    assert not listed["IsTruncated"]
    return {entry["Key"]: entry["ETag"] for entry in listed.get("Contents", [])}


def assert_landed_once(source: ShopSource) -> None:
    """The landed changes make the source's present rows, and no change is landed twice."""
    for table in source.tables:
        lines, key = source.lines(table), source.keys[table]
        assert source.folded(table, lines) == source.source(table), table
        versions = {(line["_pos"], *(line.get(name) for name in key)) for line in lines}
        assert len(versions) == len(lines), table
