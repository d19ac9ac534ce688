"""What is done once a week: the tests over whole tables, and the upkeep of all tables of silver and gold."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

import dagster as dg

from shopflow_assets.errors import MaintenanceError
from shopflow_assets.gold import iceberg
from shopflow_assets.gold.dbt_project import GoldTranslator, project
from shopflow_assets.gold.dbt_run import check_whole_tables
from shopflow_assets.run_tags import UNATTENDED
from shopflow_assets.settings import settings
from spark_jobs.contracts.contract import table_rules
from spark_jobs.contracts.registry import CONTRACTS

Size = Mapping[str, int]
Tidy = Callable[[], tuple[Size, Size]]


@dg.op(pool="dbt", description="Every dbt test over all rows; a daily run looks at the rows it wrote.")
def test_whole_gold_tables(context: dg.OpExecutionContext) -> None:
    """Fails with the name of every test that failed; warnings are shown."""
    records = [dg.TableRecord(found) for found in check_whole_tables()]
    warned = [record.data["test"] for record in records if record.data["status"] == "warn"]
    context.log.info(
        f"{len(records)} tests over whole tables; warnings: {', '.join(map(str, warned)) or 'none'}"
    )
    context.add_output_metadata({"tests": dg.MetadataValue.table(records), "warnings": len(warned)})


@dg.op(pool="dbt", description="Iceberg: compact touched months, expire snapshots, remove orphan files.")
def tidy_gold_tables(context: dg.OpExecutionContext) -> None:
    """In dbt's pool, as an optimize that meets a merge makes one of them fail."""
    in_turn(context, ((asset, partial(iceberg.tidy, settings(), table)) for asset, table in gold_tables()))


@dg.op(pool="spark", description="Delta: compact days of several files, vacuum files that left the tables.")
def tidy_silver_tables(context: dg.OpExecutionContext) -> None:
    """In Spark's pool and on its one driver: no other may write Delta."""
    from spark_jobs.maintenance import tidy
    from spark_jobs.session import connect

    spark = connect(settings().spark_remote)
    tables = {
        dg.AssetKey(["silver", table_rules(contract).domain, table_rules(contract).table]): contract
        for contract in CONTRACTS
    }
    hours = settings().retention_hours
    in_turn(context, ((asset, partial(tidy, spark, contract, hours)) for asset, contract in tables.items()))


def gold_tables() -> Iterator[tuple[dg.AssetKey, str]]:
    """Every model that dbt keeps as a table: its asset and its name in Trino."""
    manifest = json.loads(project().manifest_path.read_text())
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["config"]["materialized"] not in ("view", "ephemeral"):
            yield GoldTranslator().get_asset_key(node), f'gold.{node["schema"]}."{node["alias"]}"'


def in_turn(context: dg.OpExecutionContext, tables: Iterable[tuple[dg.AssetKey, Tidy]]) -> None:
    """Put one table after the other in order; each one's size before and after is shown at its asset.

    Raises:
        MaintenanceError: names every table that failed; the others are done all the same.
    """
    failed: dict[str, str] = {}
    for asset, tidy in tables:
        name = asset.to_user_string()
        try:
            before, after = tidy()
        except Exception as error:
            # Whatever it is, the other tables are still to be put in order.
            failed[name] = str(error).strip().partition("\n")[0] or repr(error)
            context.log.exception(f"{name} failed")
            continue
        size = {f"{what}_before": n for what, n in before.items()} | {
            f"{what}_after": n for what, n in after.items()
        }
        context.log_event(dg.AssetObservation(asset, description="Weekly upkeep", metadata=size))
        context.log.info(
            f"{name}: " + ", ".join(f"{what} {n} -> {after[what]}" for what, n in before.items())
        )
    if failed:
        raise MaintenanceError(failed)


@dg.job(
    name="shopflow_weekly",
    description="dbt's tests over whole tables, and the upkeep of all silver and gold tables.",
)
def weekly_job() -> None:
    """The steps do not wait for each other: a failed test is no reason to leave small files."""
    test_whole_gold_tables()
    tidy_gold_tables()
    tidy_silver_tables()


# Off until someone turns it on, like the daily one.
WEEKLY_SCHEDULE = dg.ScheduleDefinition(
    name="shopflow_weekly",
    job=weekly_job,
    cron_schedule="0 3 * * 0",
    execution_timezone="UTC",
    tags=UNATTENDED,
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Every Sunday at 03:00 UTC: full-table tests and upkeep.",
)
