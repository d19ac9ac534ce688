"""Which environment each program of the stack gets: what it reads, and no secret that it does not need."""

import os
import sys
from pathlib import Path

from local_stack.engines.ivy import pyspark_home
from local_stack.home import CHECKOUT, INFRA, MARK, Home, cache
from local_stack.settings import HOST, Settings


def base_environment(home: Home) -> dict[str, str]:
    """What every program gets."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
        "HOME": str(home.path),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        # By default glibc keeps freed memory in one arena for almost every thread, and a JVM has hundreds.
        "MALLOC_ARENA_MAX": "2",
    }


def supervised(home: Home) -> dict[str, str]:
    """What the supervisor and its services get: the mark by which `shopflow down` recognizes them later."""
    return base_environment(home) | {MARK: str(home.path)}


def supervisor_environment(home: Home) -> dict[str, str]:
    """What supervisord and the program that starts a service read. It has no secrets."""
    return supervised(home) | {
        "PYTHONPATH": str(CHECKOUT),
        "SHOPFLOW_HOME": str(home.path),
        "SHOPFLOW_CACHE": str(cache()),
        "SHOPFLOW_PYTHON": sys.executable,
        "SHOPFLOW_SUPERVISOR_SOCKET": str(home.socket),
    }


def enter_dagster_environment(home: Home, settings: Settings) -> None:
    """Let the pipeline's code read its settings in this process, as it does in Dagster."""
    os.environ.update(dagster_environment(home, settings))


def minio_environment(settings: Settings) -> dict[str, str]:
    """What MinIO reads, beside the base."""
    return {
        "MINIO_ROOT_USER": settings.minio_root_user,
        "MINIO_ROOT_PASSWORD": settings.minio_root_password.get_secret_value(),
        "MINIO_REGION": settings.s3_region,
        "MINIO_BROWSER": "off",
        "MINIO_UPDATE": "off",
    }


def spark_environment(settings: Settings) -> dict[str, str]:
    """What Spark reads, beside the base."""
    return {
        "SPARK_HOME": str(pyspark_home()),
        "SPARK_CONF_DIR": str(INFRA / "spark"),
        "SPARK_LOCAL_IP": HOST,
        "AWS_ACCESS_KEY_ID": settings.spark_s3_access_key,
        "AWS_SECRET_ACCESS_KEY": settings.spark_s3_secret_key.get_secret_value(),
    }


def trino_environment(settings: Settings) -> dict[str, str]:
    """What the files in `infra/trino` name, beside the base."""
    return {
        "SHOPFLOW_TRINO_PORT": str(settings.trino_port),
        "SHOPFLOW_S3_ENDPOINT": settings.s3_endpoint,
        "SHOPFLOW_S3_REGION": settings.s3_region,
        "SHOPFLOW_TRINO_S3_ACCESS_KEY": settings.trino_s3_access_key,
        "SHOPFLOW_TRINO_S3_SECRET_KEY": settings.trino_s3_secret_key.get_secret_value(),
        "SHOPFLOW_POSTGRES_HOST": settings.postgres_host,
        "SHOPFLOW_POSTGRES_PORT": str(settings.postgres_port),
        "SHOPFLOW_ICEBERG_DB_PASSWORD": settings.iceberg_db_password.get_secret_value(),
    }


def dbt_environment(home: Home, settings: Settings) -> dict[str, str]:
    """What dbt reads: Trino's address, the project, and folders outside the checkout for its output."""
    return {
        "SHOPFLOW_TRINO_HOST": settings.trino_host,
        "SHOPFLOW_TRINO_PORT": str(settings.trino_port),
        "SHOPFLOW_START_DATE": settings.start_date.isoformat(),
        "SHOPFLOW_MARKETPLACE_SALES": settings.marketplace_sales,
        "DBT_TARGET_PATH": str(home.dbt_target),
        "DBT_LOG_PATH": str(home.path / "dbt" / "logs"),
        "DBT_PROJECT_DIR": str(CHECKOUT / "dbt_gold"),
        "DBT_PROFILES_DIR": str(CHECKOUT / "dbt_gold"),
        "DO_NOT_TRACK": "1",
    }


def dagster_environment(home: Home, settings: Settings) -> dict[str, str]:
    """What the three Dagster processes, the runs and the dbt in them read, beside the base."""
    return (
        dbt_environment(home, settings)
        | settings.pipeline_choices()
        | {
            "SHOPFLOW_HOME": str(home.path),
            "SHOPFLOW_S3_ENDPOINT": settings.s3_endpoint,
            "SHOPFLOW_S3_REGION": settings.s3_region,
            "SHOPFLOW_DAGSTER_S3_ACCESS_KEY": settings.dagster_s3_access_key,
            "SHOPFLOW_DAGSTER_S3_SECRET_KEY": settings.dagster_s3_secret_key.get_secret_value(),
            "SHOPFLOW_SPARK_REMOTE": settings.spark_remote,
            "SHOPFLOW_POSTGRES_HOST": settings.postgres_host,
            "SHOPFLOW_POSTGRES_PORT": str(settings.postgres_port),
            "SHOPFLOW_OLTP_URL": settings.shop_url,
            "SHOPFLOW_DAGSTER_DB_PASSWORD": settings.dagster_db_password.get_secret_value(),
            "SHOPFLOW_DAGSTER_CODE_HOST": HOST,
            "SHOPFLOW_DAGSTER_CODE_PORT": str(settings.dagster_code_port),
            "DAGSTER_HOME": str(home.dagster),
            # Dagster records all days of a range in one statement per asset.
            "DAGSTER_EVENT_BATCH_SIZE": "1000",
        }
    )
