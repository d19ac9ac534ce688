"""Creates the silver tables from their contracts in Spark, and registers them in Trino."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from tenacity import retry, retry_if_exception, stop_after_delay, wait_fixed

from local_stack.prepare.trino_cursor import relations, trino_cursor
from local_stack.settings import Settings

NODE_DEADLINE = 60


def create(settings: Settings) -> None:
    """Create missing Delta tables and missing columns; needs Spark and MinIO."""
    from shopflow_assets.registry import TABLES
    from spark_jobs import delta_tables
    from spark_jobs.delta_storage import storage_options
    from spark_jobs.session import connect
    from spark_jobs.silver_job import AT_ONCE

    storage = storage_options(
        settings.s3_endpoint,
        settings.s3_region,
        settings.spark_s3_access_key,
        settings.spark_s3_secret_key.get_secret_value(),
    )
    # Spark takes a second to look at a table.
    waiting = [table for table in TABLES if not delta_tables.is_as_its_contract_says(table, storage)]
    if not waiting:
        return
    session = connect(settings.spark_remote)
    try:
        # Most of a small statement is waiting for the driver.
        with ThreadPoolExecutor(AT_ONCE) as threads:
            list(threads.map(partial(delta_tables.create, session), waiting))
    finally:
        session.stop()


def register(settings: Settings) -> None:
    """Register the Delta tables that Trino does not know yet, and wait until it can read them.

    Needs Trino, and the tables in MinIO.
    """
    from shopflow_assets.registry import TABLES

    with trino_cursor(settings, "silver") as cursor:
        known = relations(cursor)
        for table in TABLES:
            schema, name = table.domain, table.rules.table
            if (schema, name) not in known:
                cursor.execute(f'create schema if not exists "{schema}"').fetchall()
                # CALL takes no parameters. These names come from our own contracts.
                cursor.execute(
                    f"call system.register_table(schema_name => '{schema}', table_name => '{name}',"
                    f" table_location => '{table.location}')"
                ).fetchall()
        _await_node(cursor)


def _has_no_node(error: BaseException) -> bool:
    return getattr(error, "error_name", None) == "NO_NODES_AVAILABLE"


# Trino starts to answer some seconds before one of its nodes says which catalogs it serves.
@retry(
    retry=retry_if_exception(_has_no_node),
    stop=stop_after_delay(NODE_DEADLINE),
    wait=wait_fixed(0.2),
    reraise=True,
)
def _await_node(cursor: Any) -> None:
    cursor.execute("select 1 from quality.row_ledger limit 1").fetchall()
