"""What Spark read of a file is compared with its manifest, column by column of the contract."""

from datetime import UTC, date, datetime
from typing import Any

from spark_jobs.manifest import LandedFile, Manifest
from spark_jobs.reading.reading_check import misread_days

DAY = date(2026, 2, 1)
READ = {"partition_date": DAY, "source_file": "a.jsonl", "_records": 2, "_malformed": 0, "name": 6}


def _manifest(**changes: Any) -> Manifest:
    file = LandedFile(
        name="a.jsonl",
        source="shop.customers",
        bytes=80,
        sha256="abc",
        columns=("name", "points"),
        records=2,
        malformed=0,
        characters={"name": 6, "points": 4},
        amount=None,
        landed_at=datetime(2026, 2, 2, tzinfo=UTC),
    ).model_copy(update=changes)
    return Manifest(domain="shop", table="customers", partition_date=DAY, prefix="", files=(file,))


def test_characters_of_a_column_that_the_contract_does_not_know_are_passed_over() -> None:
    assert misread_days([READ], [_manifest()], ["name"]) == {}


def test_characters_of_a_known_column_must_agree() -> None:
    [problem] = misread_days([READ], [_manifest(characters={"name": 7, "points": 4})], ["name"]).values()
    assert "Spark reads 6 characters in name, the manifest counts 7" in problem
