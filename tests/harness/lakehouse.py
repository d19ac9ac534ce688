"""A running lakehouse as the tests use it: deliver days, backfill them, look at every layer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from subprocess import CompletedProcess
from typing import Any

import polars as pl
from deltalake import DeltaTable

from local_stack.environments import dagster_environment
from shopflow_assets.settings import Settings as PipelineSettings
from shopflow_assets.sources.bronze import BronzeTable
from shopflow_assets.sources.files.landing import Feed
from shopflow_assets.sources.store import ObjectStore
from spark_jobs.contracts.contract import Contract, SilverContract, table_rules
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.contracts.rules import TableRules
from spark_jobs.contracts.table import table_of
from spark_jobs.delta_storage import storage_options
from spark_jobs.manifest import MANIFEST, Manifest, day_prefix
from spark_jobs.session import connect
from spark_jobs.silver_job import SilverResult, make_silver
from tests.harness import trino
from tests.harness.domains import silver_table
from tests.harness.stack import Stack

FIRST = date(2026, 1, 1)
ORDERS = "300"
# It says how far the merge has to look back and depends on the runs, so it is no business column.
BOOKKEEPING = {"last_partition_date"}
Hashes = dict[str, tuple[int, str]]


def days(count: int) -> list[date]:
    """The first partitions."""
    return [FIRST + timedelta(days=n) for n in range(count)]


@dataclass(frozen=True)
class Lakehouse:
    """A running stack and its data, seen from one silver table."""

    stack: Stack
    contract: type[SilverContract] = OrderLines

    @property
    def rules(self) -> TableRules:
        """Names of the table, its domain and its folder in the inbox."""
        return table_rules(self.contract)

    @cached_property
    def s3(self) -> Any:
        """The owner's S3 client."""
        return self.stack.s3()

    @cached_property
    def pipeline(self) -> PipelineSettings:
        """The pipeline's settings in this stack."""
        variables = dagster_environment(self.stack.home, self.stack.settings)
        fields = {name.removeprefix("SHOPFLOW_").lower(): value for name, value in variables.items()}
        fields = {name: value for name, value in fields.items() if name in PipelineSettings.model_fields}
        return PipelineSettings.model_validate(fields)

    def simulate(self, first: date, last: date, orders: str = ORDERS) -> None:
        """Put simulated exports into the inbox, and the truth about them into the home."""
        self.stack.shopflow("simulate", f"{first}", f"{last}", "--only", "ecommerce", "--orders", orders)

    def truth(self, day: date) -> dict[str, Any]:
        """The simulator's truth about a day."""
        return json.loads((self.stack.home.path / "truth" / "ecommerce" / f"{day}.json").read_text())

    def deliver(self, day: date, name: str, body: str | bytes) -> None:
        """Put a file into the day's folder of the inbox."""
        content = body.encode() if isinstance(body, str) else body
        self.s3.put_object(Bucket="inbox", Key=f"{self.rules.feed_folder}/{day}/{name}", Body=content)

    def delivered(self, day: date, name: str) -> str:
        """The text of a file in the inbox."""
        key = f"{self.rules.feed_folder}/{day}/{name}"
        return self.s3.get_object(Bucket="inbox", Key=key)["Body"].read().decode()

    def backfill(self, first: date, last: date | None = None, *options: str) -> None:
        """Carry days of the table's domain to gold; fails the test when the command fails."""
        self.stack.shopflow(*self.backfill_command(first, last), *options)

    def backfill_command(self, first: date, last: date | None = None) -> tuple[str, ...]:
        """The command and its arguments."""
        return "backfill", f"{first}", f"{last or first}", "--domain", self.rules.domain

    def attempt_backfill(self, first: date, last: date | None = None) -> CompletedProcess[str]:
        """Carry days to gold, and return the command's result, failed or not."""
        return self.stack.attempt(*self.backfill_command(first, last))

    def sql(self, *statements: str) -> list[dict[str, Any]]:
        """Run statements in Trino, in one session; the rows of the last."""
        return trino.run(self.stack.settings.trino_port, *statements)

    def spark(self, *statements: str) -> None:
        """Run statements in Spark, with Spark's rights."""
        from pyspark.sql import SparkSession

        session = SparkSession.builder.remote(self.stack.settings.spark_remote).create()
        try:
            for statement in statements:
                session.sql(statement).collect()
        finally:
            session.stop()

    def silver(self, contract: type[Contract]) -> pl.DataFrame:
        """All rows of a silver table."""
        return pl.read_delta(table_of(contract).location, storage_options=self.storage)

    def delta(self, contract: type[Contract]) -> DeltaTable:
        """A silver table with its versions, files and statistics from Delta's log."""
        return DeltaTable(table_of(contract).location, storage_options=self.storage)

    @property
    def storage(self) -> dict[str, str]:
        settings = self.stack.settings
        return storage_options(
            settings.s3_endpoint,
            settings.s3_region,
            settings.minio_root_user,
            settings.minio_root_password.get_secret_value(),
        )

    @cached_property
    def feed(self) -> Feed:
        """The table's feed, with the rights that Dagster has."""
        lake = ObjectStore(self.pipeline, "datalake")
        return Feed(ObjectStore(self.pipeline, "inbox"), BronzeTable(silver_table(self.contract), lake))

    def make_silver(self, *manifests: Manifest) -> SilverResult:
        """Make silver for some days without Dagster."""
        session = connect(self.pipeline.spark_remote)
        try:
            by_day = {manifest.partition_date: manifest for manifest in manifests}
            table = silver_table(self.contract)
            return make_silver(session, {table: by_day}, self.pipeline.limits)[table]
        finally:
            # Other tests kill Spark, and a session of a killed Spark must not be used again.
            session.stop()

    def keys(self, bucket: str, prefix: str) -> Iterator[str]:
        """Keys of a bucket's files."""
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            keys = (entry["Key"] for entry in page.get("Contents", []))
            # Hadoop puts an empty object into a folder that has lost its last file.
            yield from (key for key in keys if not key.endswith("/"))

    def manifest(self, day: date) -> Manifest:
        """The day's manifest as committed."""
        key = day_prefix(self.rules.feed_folder, day) + MANIFEST
        return Manifest.model_validate_json(self.s3.get_object(Bucket="datalake", Key=key)["Body"].read())

    def gold_tables(self) -> list[str]:
        """Every table and view of the domain's gold."""
        names = "select table_name from gold.information_schema.tables"
        rows = self.sql(f"{names} where table_schema = '{self.rules.domain}' order by 1")
        return [row["table_name"] for row in rows]

    def gold_assets(self) -> list[tuple[str, ...]]:
        """The asset keys of the gold tables."""
        return [("gold", self.rules.domain, table) for table in self.gold_tables()]

    def hashes(self) -> Hashes:
        """The number of rows of every gold table, and a hash over its business columns."""
        hashes: Hashes = {}
        for table in self.gold_tables():
            name = f"gold.{self.rules.domain}.{table}"
            columns = {column["Column"] for column in self.sql(f"show columns from {name}")}
            row = ", ".join(sorted(columns - BOOKKEEPING))
            [sums] = self.sql(f"select count(*) as n, to_hex(checksum(row({row}))) as h from {name}")
            hashes[table] = (sums["n"], sums["h"])
        return hashes
