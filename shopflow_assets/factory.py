"""Makes all Dagster definitions of a domain from its declaration: assets, checks, job and sensor."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from shopflow_assets.automation.change_sensor import change_sensor
from shopflow_assets.automation.sensors import arrival_sensor
from shopflow_assets.bronze.landing_step import landing_step, source_asset
from shopflow_assets.checks.silver import silver_checks
from shopflow_assets.domain import Domain, assets_of
from shopflow_assets.gold.dbt.graph import GoldGraph
from shopflow_assets.gold.dbt.project import manifest
from shopflow_assets.gold.gold_step import gold_step
from shopflow_assets.gold.reconciliation.step import gold_reconciliation
from shopflow_assets.silver.silver_step import silver_step
from shopflow_assets.sources.database.database import Database
from shopflow_assets.sources.files.inbox import Inbox


def definitions_of(domain: Domain) -> dg.Definitions:
    """A landing, silver, check and gold step, the job of them all, and a sensor if files arrive."""
    steps: list[Any] = [landing_step(domain), silver_step(domain)]
    checks: list[Any] = [silver_checks(domain)]
    # A domain may have silver tables before there are any gold models of it.
    if GoldGraph(manifest(), domain.name).models:
        steps.append(gold_step(domain))
        checks += filter(None, [gold_reconciliation(domain)])
    job = domain_job(domain)
    return dg.Definitions(
        assets=[source_asset(domain), *steps],
        asset_checks=checks,
        jobs=[job],
        sensors=list(_sensors(domain, job)),
    )


def domain_job(domain: Domain) -> Any:
    """All layers of the domain, for one day or a range of days."""
    return dg.define_asset_job(
        f"{domain.name}_daily",
        selection=assets_of(domain.name),
        description=f"All layers of `{domain.name}`, of one day or a range of days.",
    )


def _sensors(domain: Domain, job: Any) -> Iterator[dg.SensorDefinition]:
    if isinstance(domain.source, Inbox):
        yield arrival_sensor(domain, domain.source, job)
    if isinstance(domain.source, Database):
        yield change_sensor(domain, domain.source, job)
