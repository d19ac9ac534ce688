"""The small domain of the tests: a carrier's deliveries, and the gold that must come of them."""

import csv
import io
import itertools
import json
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from spark_jobs.contracts.contract import SilverContract, names, source_columns
from spark_jobs.contracts.table import table_of
from tests.harness.lakehouse import Lakehouse
from tests.platform.post_domain.spark_jobs.contracts.post.parcels import Parcels
from tests.platform.post_domain.spark_jobs.contracts.post.scans import Scans

BRONZE, SILVER = ("bronze", "post", "parcels"), ("silver", "post", "parcels")
LANDING_STEP, SILVER_STEP, GOLD_STEP = "post_landing", "post_silver", "post_gold"
# The tests of generated files use later days.
FIRST, LAST = date(2026, 2, 1), date(2026, 6, 30)
EXPECTED = (Path(__file__).parent / "carrier.sql").read_text()
Row = dict[str, str]


@dataclass(frozen=True)
class Carrier(Lakehouse):
    """The carrier's parcels from the inbox to gold; its scans take the same way."""

    contract: type[SilverContract] = Parcels

    @cached_property
    def scans(self) -> Lakehouse:
        """The domain's other table."""
        return Lakehouse(self.stack, Scans)

    def deliver_days(self, *days: date, **changes: Any) -> None:
        """Put both tables' files of these days into the inbox; for `changes` see `parcels`."""
        for day in days:
            sent = parcels(day, **changes)
            self.deliver(day, "parcels.csv", as_csv(sent))
            seen = [
                {"parcel_id": row["parcel_id"], "place": "hub", "scanned_at": row["posted_at"]}
                for row in sent
            ]
            self.scans.deliver(day, "scans.csv", as_csv(seen))

    def mark(self, *days: date) -> None:
        """Mark these days as delivered completely."""
        for day in days:
            self.deliver(day, "_SUCCESS", b"")
            self.scans.deliver(day, "_SUCCESS", b"")

    def carry(self, *days: date) -> None:
        """Deliver consecutive days, and bring them to gold in one run."""
        self.deliver_days(*days)
        self.backfill(days[0], days[-1])

    def empty_inbox(self) -> None:
        """Delete all deliveries, because a sensor carries all that is there. Bronze stays."""
        for key in self.keys("inbox", "post/"):
            self.s3.delete_object(Bucket="inbox", Key=key)

    def forget(self, day: date) -> None:
        """Delete a day from bronze, so that it never comes to gold."""
        for key in self.keys("datalake", self.manifest(day).prefix):
            self.s3.delete_object(Bucket="datalake", Key=key)

    @contextmanager
    def spoiled_and_put_back(self) -> Generator[None]:
        """At the end of the block, restore silver's parcels and all of gold to their present versions."""
        silver = table_of(self.contract).in_sql
        version = self.delta(self.contract).version()
        tables = ("parcels", "scans", "senders")
        newest = """select snapshot_id as id from gold.post."{}$refs" where name = 'main'"""
        snapshots = {table: self.sql(newest.format(table))[0]["id"] for table in tables}
        try:
            yield
        finally:
            self.spark(f"restore table {silver} to version as of {version}")
            for table, snapshot in snapshots.items():
                self.sql(f"alter table gold.post.{table} execute rollback_to_snapshot({snapshot})")

    def landed_days(self, table: Lakehouse) -> list[date]:
        """The days that have something in bronze."""
        keys = self.keys("datalake", f"bronze/{table.rules.feed_folder}/")
        parts = [dict(part.split("=") for part in key.split("/") if "=" in part) for key in keys]
        days = {date(int(part["year"]), int(part["month"]), int(part["day"])) for part in parts}
        return sorted(day for day in days if day <= LAST)

    def expected(self) -> dict[str, list[tuple[Any, ...]]]:
        """Gold as DuckDB computes it from the CSV files in bronze."""
        with tempfile.TemporaryDirectory() as folder, duckdb.connect() as database:
            for table in (self, self.scans):
                # A file without lines, because bronze may be empty.
                header = ",".join(names(source_columns(table.contract)))
                Path(folder, f"{table.rules.table}-{FIRST}-none.csv").write_text(f"{header}\n")
                for day in self.landed_days(table):
                    manifest = table.manifest(day)
                    for file in manifest.files:
                        if file.name.endswith(".csv"):
                            place = f"{folder}/{table.rules.table}-{day}-{file.name}"
                            self.s3.download_file("datalake", f"{manifest.prefix}{file.name}", place)
            database.execute(EXPECTED.format(folder=folder))
            return {name: sorted(database.table(name).fetchall()) for name in self.gold_tables()}

    def gold(self) -> dict[str, list[tuple[Any, ...]]]:
        """The rows of all gold tables."""
        tables = self.gold_tables()
        return {
            name: sorted(tuple(row.values()) for row in self.sql(f"select * from gold.post.{name}"))
            for name in tables
        }


class Calendar:
    """Hands out days that no other test uses; on a kept stack, days after its last one."""

    def __init__(self, carrier: Carrier) -> None:
        """Start after the last day in bronze."""
        landed = [*carrier.landed_days(carrier), *carrier.landed_days(carrier.scans)]
        self._next = max(landed, default=FIRST) + timedelta(days=2)

    def take(self, count: int) -> list[date]:
        """So many consecutive days, with one day between them and those of the test before."""
        days = [self._next + timedelta(days=n) for n in range(count)]
        assert days[-1] <= LAST, "no days are left: stop the stack that was kept, and remove its folder"
        self._next = days[-1] + timedelta(days=2)
        return days

    def skip_to_the_middle_of_a_month(self) -> None:
        """Go on with the next 10th of a month."""
        while self._next.day != 10:
            self._next += timedelta(days=1)


def parcels(day: date, *, posted: int = 12, leave_out: int = 0) -> list[Row]:
    """The parcels of a day: new ones, and some of the day before that have been delivered since.

    The first `leave_out` of the new ones are missing.
    """
    before = day - timedelta(days=1)
    new = [parcel(day, n) for n in range(leave_out, posted)]
    return new + [parcel(before, n) | {"state": "delivered", "postage": f"{n}.75"} for n in range(3)]


def parcel(day: date, number: int) -> Row:
    """A parcel that was posted on the day; every third one costs nothing."""
    return {
        "parcel_id": f"P-{day}-{number:02}",
        "sender": f"S-{number % 4}",
        "posted_at": f"{day}T10:{number // 60:02}:{number % 60:02}Z",
        "postage": f"{number}.50" if number % 3 else "0.00",
        "state": "posted",
    }


def spoiled(day: date) -> str:
    """JSON lines of ten records that the contract refuses, and a copy of a good one."""
    bad = ({"parcel_id": f"X-{number}"} for number in range(10))
    return as_json([parcels(day)[-1], *bad])


def as_json(rows: Iterable[Row]) -> str:
    """The rows as JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def as_csv(rows: Iterable[Row]) -> str:
    """The rows as a CSV file with a header."""
    first, *others = rows
    text = io.StringIO()
    writer = csv.DictWriter(text, first, lineterminator="\n")
    writer.writeheader()
    writer.writerows(itertools.chain([first], others))
    return text.getvalue()
