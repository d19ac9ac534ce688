"""The weekly job: tests over whole tables, and the maintenance of all layers.

Each domain's ops use the pools of its writers, because maintenance during a write makes one of them fail.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

import dagster as dg

from shopflow_assets.bronze.landing_step import bronze_key
from shopflow_assets.days.run_tags import UNATTENDED
from shopflow_assets.domain import Domain
from shopflow_assets.errors import MaintenanceError
from shopflow_assets.gold import iceberg
from shopflow_assets.gold.dbt.graph import GoldGraph
from shopflow_assets.gold.dbt.invocation import check_whole_tables
from shopflow_assets.gold.dbt.project import GoldTranslator, manifest
from shopflow_assets.registry import DOMAINS
from shopflow_assets.settings import settings
from shopflow_assets.silver.silver_step import silver_key
from shopflow_assets.sources.database.database import Database
from shopflow_assets.sources.database.landed.unlisted import delete_unlisted
from shopflow_assets.sources.store import ObjectStore
from spark_jobs.contracts.quality import QUARANTINE, ROW_LEDGER

Size = Mapping[str, int]
Tidy = Callable[[], tuple[Size, Size]]
SHARED = (QUARANTINE, ROW_LEDGER)


def domain_ops(domain: Domain) -> list[dg.OpDefinition]:
    """The weekly ops of a domain. They are independent, so tables are tidied also when a test fails."""
    name = domain.name

    @dg.op(
        name=f"test_{name}_gold",
        pool=f"{name}_gold",
        description=f"Every dbt test of `{name}` over all rows; a daily run tests only the rows it wrote.",
    )
    def test_whole_gold_tables(context: dg.OpExecutionContext) -> None:
        """Fails with the names of all failed tests; warnings are only shown."""
        records = [dg.TableRecord(outcome) for outcome in check_whole_tables(name)]
        warnings = [record.data["test"] for record in records if record.data["status"] == "warn"]
        context.log.info(
            f"{len(records)} tests over whole tables; warnings: {', '.join(map(str, warnings)) or 'none'}"
        )
        context.add_output_metadata({"tests": dg.MetadataValue.table(records), "warnings": len(warnings)})

    @dg.op(
        name=f"tidy_{name}_gold",
        pool=f"{name}_gold",
        description="Iceberg: compact touched months, expire snapshots, remove orphan files.",
    )
    def tidy_gold_tables(context: dg.OpExecutionContext) -> None:
        in_turn(context, _iceberg_maintenance(name))

    @dg.op(
        name=f"tidy_{name}_silver",
        pool=f"{name}_silver",
        description="Delta: compact days with several files, vacuum files that the tables no longer use.",
    )
    def tidy_silver_tables(context: dg.OpExecutionContext) -> None:
        """Runs on Spark, the only writer of Delta. In shared tables it compacts the domain's rows only."""
        from spark_jobs.maintenance import compact, tidy
        from spark_jobs.session import connect

        spark, hours = connect(settings().spark_remote), settings().retention_hours
        own = [(silver_key(t), partial(tidy, spark, t, hours)) for t in domain.tables]
        shared = [(silver_key(t), partial(compact, spark, t, f"domain = '{name}'")) for t in SHARED]
        in_turn(context, [*own, *shared])

    # A domain may have silver tables before there are any gold models of it.
    of_gold = [test_whole_gold_tables, tidy_gold_tables] if GoldGraph(manifest(), name).models else []
    of_bronze = [_tidy_bronze(domain)] if isinstance(domain.source, Database) else []
    return [*of_gold, tidy_silver_tables, *of_bronze]


def _tidy_bronze(domain: Domain) -> dg.OpDefinition:
    """For a database only: what arrived as a file is kept."""

    @dg.op(
        name=f"tidy_{domain.name}_bronze",
        pool=f"{domain.name}_bronze",
        description="Delete objects that no manifest lists: killed landings left them, or they grew.",
    )
    def tidy_bronze(context: dg.OpExecutionContext) -> None:
        unused_since = datetime.now(UTC) - timedelta(hours=settings().retention_hours)
        objects = delete_unlisted(ObjectStore(settings(), "datalake"), domain.tables, unused_since)
        for table, (before, after) in objects.items():
            _record(context, bronze_key(table), {"files": before}, {"files": after})

    return tidy_bronze


@dg.op(pool="quality", description="Maintenance of the tables that all domains write to.")
def tidy_quality_tables(context: dg.OpExecutionContext) -> None:
    """Needs no writer's pool: it rewrites append-only tables and deletes files replaced long ago."""
    from spark_jobs.maintenance import vacuum
    from spark_jobs.session import connect

    spark, hours = connect(settings().spark_remote), settings().retention_hours
    shared = [(silver_key(t), partial(vacuum, spark, t, hours)) for t in SHARED]
    in_turn(context, [*shared, *_iceberg_maintenance("quality")])


def gold_tables(schema: str) -> Iterator[tuple[dg.AssetKey, str]]:
    """Every model of a schema that is a table in Trino: its asset key and its name."""
    for node in manifest()["nodes"].values():
        if node["resource_type"] != "model" or node["schema"] != schema:
            continue
        if node["config"]["materialized"] not in ("view", "ephemeral"):
            yield GoldTranslator().get_asset_key(node), f'gold.{node["schema"]}."{node["alias"]}"'


def _iceberg_maintenance(schema: str) -> Iterator[tuple[dg.AssetKey, Tidy]]:
    return ((asset, partial(iceberg.tidy, settings(), table)) for asset, table in gold_tables(schema))


def in_turn(context: dg.OpExecutionContext, tables: Iterable[tuple[dg.AssetKey, Tidy]]) -> None:
    """Tidy one table after the other, and record each table's size before and after at its asset.

    Raises:
        MaintenanceError: names every table that failed; the other tables are tidied all the same.
    """
    failed: dict[str, str] = {}
    for asset, tidy in tables:
        name = asset.to_user_string()
        try:
            before, after = tidy()
        except Exception as error:
            # Whatever the error is, the other tables must still be tidied.
            failed[name] = str(error).strip().partition("\n")[0] or repr(error)
            context.log.exception(f"{name} failed")
            continue
        _record(context, asset, before, after)
    if failed:
        raise MaintenanceError(failed)


def _record(context: dg.OpExecutionContext, asset: dg.AssetKey, before: Size, after: Size) -> None:
    size = {f"{what}_before": n for what, n in before.items()} | {
        f"{what}_after": n for what, n in after.items()
    }
    context.log_event(dg.AssetObservation(asset, description="Weekly maintenance", metadata=size))
    sizes = ", ".join(f"{what} {n} -> {after[what]}" for what, n in before.items())
    context.log.info(f"{asset.to_user_string()}: {sizes}")


@dg.job(
    name="shopflow_weekly",
    description="dbt's tests over whole tables, and the maintenance of bronze, silver and gold.",
)
def weekly_job() -> None:
    """The ops of all domains; none waits for another."""
    for domain in DOMAINS.values():
        for op in domain_ops(domain):
            op()
    tidy_quality_tables()


# Off until a person turns it on, like the daily schedule.
WEEKLY_SCHEDULE = dg.ScheduleDefinition(
    name="shopflow_weekly",
    job=weekly_job,
    cron_schedule="0 3 * * 0",
    execution_timezone="UTC",
    tags=UNATTENDED,
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Every Sunday at 03:00 UTC: full-table tests and maintenance.",
)
