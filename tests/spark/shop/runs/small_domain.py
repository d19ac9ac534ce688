"""Dagster's runs of a small domain on a test's own database: real steps and engines, records in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import dagster as dg

from shopflow_assets.days.run_tags import RANGE_END, RANGE_START
from shopflow_assets.domain import Domain
from shopflow_assets.domains.shop import DATABASE
from spark_jobs.contracts.table import Table
from tests.harness.lakehouse import Lakehouse
from tests.harness.shop_source import ShopSource
from tests.harness.shop_tables import tables_of
from tests.spark.shop.landing.pipeline import environment


@dataclass
class Runs:
    """Runs of a domain with two of the shop's tables."""

    source: ShopSource
    instance: dg.DagsterInstance = field(default_factory=dg.DagsterInstance.ephemeral)

    @cached_property
    def domain(self) -> Domain:
        tables = tables_of(self.source.name, only=("orders", "suppliers"))
        return Domain(self.source.name, DATABASE, tables)

    def table(self, name: str) -> Table:
        """One of the silver tables."""
        [table] = (table for table in self.domain.tables if table.rules.table == name)
        return table

    @cached_property
    def definitions(self) -> dg.Definitions:
        # It reads the settings when it is imported.
        from shopflow_assets.factory import definitions_of

        checks = dg.define_asset_job("checks_alone", dg.AssetSelection.all_asset_checks())
        return dg.Definitions.merge(definitions_of(self.domain), dg.Definitions(jobs=[checks]))

    def run(self, tags: Mapping[str, str] | date, job: str = "") -> str:
        """Carry a day, or what the tags of a run say; returns the error, or nothing."""
        if isinstance(tags, date):
            tags = {RANGE_START: f"{tags}", RANGE_END: f"{tags}"}
        with environment(self.source):
            job_to_run = self.definitions.resolve_job_def(job or f"{self.source.name}_daily")
            result = job_to_run.execute_in_process(instance=self.instance, tags=tags, raise_on_error=False)
        failures = [event.step_failure_data.error for event in result.all_events if event.is_step_failure]
        return "\n".join(f"{error.cause or error}" for error in failures if error)

    def sensed(self) -> tuple[list[dict[str, str]], str]:
        """What the sensor does now: the tags of the runs that it asks for, and why there are none."""
        with environment(self.source):
            sensor = self.definitions.resolve_sensor_def(f"{self.source.name}_changes")
            with dg.build_sensor_context(self.instance) as context:
                result = sensor(context)
        assert isinstance(result, dg.SensorResult)
        why = result.skip_reason.skip_message if isinstance(result.skip_reason, dg.SkipReason) else None
        return [dict(request.tags) for request in result.run_requests or ()], why or ""

    def versions(self) -> dict[str, int]:
        """The Delta versions of the silver tables."""
        return {t.rules.table: self._lake.delta(t.contract).version() for t in self.domain.tables}

    def rows(self) -> dict[str, int]:
        """How many rows the silver tables have."""
        return {t.rules.table: self._lake.silver(t.contract).height for t in self.domain.tables}

    @property
    def _lake(self) -> Lakehouse:
        return Lakehouse(self.source.stack)
