"""Landed days of a database with one table, in a domain of their own, and what Trino shows of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from local_stack.prepare import raw_views
from shopflow_assets.domain import Domain
from shopflow_assets.sources.database.database import Database
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays
from shopflow_assets.sources.database.landed.lines import Batch
from shopflow_assets.sources.database.landed.position import position
from shopflow_assets.sources.database.landed.put import put_lines
from shopflow_assets.sources.database.landed.values import Value
from shopflow_assets.sources.store import ObjectStore
from spark_jobs.contracts.contract import column
from spark_jobs.contracts.versions import VersionContract, key_column, version_rules
from spark_jobs.manifest import day_prefix
from spark_jobs.silver_table import SilverTable
from tests.harness.lakehouse import Lakehouse

VIEW = "bronze.raw_of_memos.notes"


class Notes(VersionContract):
    """One observed version of a note."""

    note_id: pl.Int64 = key_column("The note")
    status: pl.String = column("A short text")
    body: pl.String = column("A long text")

    class Config(VersionContract.Config):
        """One row per version and day."""

        unique = ["note_id", "_pos", "partition_date"]  # noqa: RUF012
        metadata = {"rules": version_rules("memos", "notes", "note_id")}  # noqa: RUF012


NOTES = SilverTable(Notes)
DOMAIN = Domain("memos", Database("Notes.", schema="memos", raw_schema="raw_of_memos"), (NOTES,))


@dataclass(frozen=True)
class LandedNotes:
    """The lake of a stack, and a local folder for lines on their way."""

    lakehouse: Lakehouse
    folder: Path

    @cached_property
    def lake(self) -> ObjectStore:
        """The bucket, with the rights that Dagster has."""
        return ObjectStore(self.lakehouse.pipeline, "datalake")

    def clear(self) -> None:
        """Remove what earlier tests left."""
        for key in self.lakehouse.keys("datalake", "bronze/memos/"):
            self.lakehouse.s3.delete_object(Bucket="datalake", Key=key)

    def land(self, day: date, *rows: Sequence[Value], columns: Sequence[str] = ()) -> DatabaseDay:
        """Add rows to a day and commit them; a second landing of the same hour grows the day's object."""
        days = DatabaseDays("memos", self.lake)
        landed = days.day(day) or _nothing_landed(day)
        batch = Batch(self.folder, {"notes": NOTES})
        number = sum(file.records for file in landed.files.get("notes", ()))
        for row in rows:
            number += 1
            batch.of("notes").write(
                position(1, number, 1),
                "c",
                "2026-01-01T00:00:00.000000+00:00",
                columns=tuple(columns) or ("note_id", "status", "body"),
                values=row,
            )
        landed = put_lines(self.lake, landed, batch, datetime(2026, 11, 1, tzinfo=UTC))
        days.commit(landed)
        return landed

    def put(self, day: date, name: str, body: bytes, folder: str = "memos/notes") -> None:
        """Put an object that no manifest lists."""
        self.lakehouse.s3.put_object(Bucket="datalake", Key=day_prefix(folder, day) + name, Body=body)

    def shown(self, day: date, what: str = "*") -> list[dict[str, Any]]:
        """What the view shows of a day."""
        return self.lakehouse.sql(f"select {what} from {VIEW} where partition_date = date '{day}'")

    def objects(self, day: date) -> int:
        """How many objects the day has, listed or not, as Trino's table of all lines sees them."""
        [row] = self.lakehouse.sql(
            'select count(distinct "$path") as n from bronze.landed.lines'
            f" where folder = 'memos/notes' and day = 'year={day:%Y}/month={day:%m}/day={day:%d}'"
        )
        return row["n"]

    def create_views(self) -> None:
        """What `up` does for a declared domain."""
        raw_views.create_for(self.lakehouse.stack.settings, [DOMAIN])


def _nothing_landed(day: date) -> DatabaseDay:
    return DatabaseDay(
        domain="memos",
        partition_date=day,
        mode="stream",
        epoch=1,
        epoch_begins=day,
        cluster="1",
        through="0/0",
        through_at=datetime(2026, 1, 1, tzinfo=UTC),
        is_simulated=True,
    )
