"""The environment of Dagster, of the runs in it, and of dbt: what the pipeline's settings read."""

from local_stack.home import CHECKOUT, Home
from local_stack.settings import HOST, Settings


def dbt_environment(home: Home, settings: Settings) -> dict[str, str]:
    """What dbt reads: Trino's address, the project, and folders outside the checkout for its output."""
    return {
        "SHOPFLOW_TRINO_HOST": settings.trino_host,
        "SHOPFLOW_TRINO_PORT": str(settings.trino_port),
        "SHOPFLOW_START_DATE": settings.start_date.isoformat(),
        "DBT_TARGET_PATH": str(home.dbt_target),
        "DBT_LOG_PATH": str(home.path / "dbt" / "logs"),
        "DBT_PROJECT_DIR": str(CHECKOUT / "dbt_gold"),
        "DBT_PROFILES_DIR": str(CHECKOUT / "dbt_gold"),
        "DO_NOT_TRACK": "1",
    }


def dagster_environment(home: Home, settings: Settings) -> dict[str, str]:
    """What the three Dagster processes, the runs and the dbt in them read."""
    return dbt_environment(home, settings) | {
        "SHOPFLOW_HOME": str(home.path),
        "SHOPFLOW_MAX_QUARANTINED_SHARE": str(settings.max_quarantined_share),
        "SHOPFLOW_MAX_MERGED_SHARE": str(settings.max_merged_share),
        "SHOPFLOW_MAX_LANDING_DELAY_HOURS": str(settings.max_landing_delay_hours),
        "SHOPFLOW_MAX_VOLUME_FACTOR": str(settings.max_volume_factor),
        "SHOPFLOW_RETENTION_HOURS": str(settings.retention_hours),
        "SHOPFLOW_S3_ENDPOINT": settings.s3_endpoint,
        "SHOPFLOW_S3_REGION": settings.s3_region,
        "SHOPFLOW_DAGSTER_S3_ACCESS_KEY": settings.dagster_s3_access_key,
        "SHOPFLOW_DAGSTER_S3_SECRET_KEY": settings.dagster_s3_secret_key.get_secret_value(),
        "SHOPFLOW_SPARK_REMOTE": settings.spark_remote,
        "SHOPFLOW_POSTGRES_HOST": settings.postgres_host,
        "SHOPFLOW_POSTGRES_PORT": str(settings.postgres_port),
        "SHOPFLOW_DAGSTER_DB_PASSWORD": settings.dagster_db_password.get_secret_value(),
        "SHOPFLOW_DAGSTER_CODE_HOST": HOST,
        "SHOPFLOW_DAGSTER_CODE_PORT": str(settings.dagster_code_port),
        "DAGSTER_HOME": str(home.dagster),
        # Dagster records all days of a range in one statement per asset.
        "DAGSTER_EVENT_BATCH_SIZE": "1000",
    }
