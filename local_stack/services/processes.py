"""How each service is run: command, working folder, and an environment with only the secrets it needs."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from local_stack.engines.fetch import Engines
from local_stack.engines.ivy import pyspark_home
from local_stack.environments import dagster_environment
from local_stack.home import CHECKOUT, INFRA, MARK, Home
from local_stack.services.privileges import unprivileged
from local_stack.settings import HOST, Settings

# By default glibc keeps freed memory in one arena for almost every thread, and a JVM has hundreds of threads.
FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}


@dataclass(frozen=True)
class Process:
    """How one program is executed; its scratch folder is emptied before it starts."""

    argv: list[str]
    env: dict[str, str]
    cwd: Path
    scratch: Path | None = None


def _minio(home: Home, settings: Settings, engines: Engines) -> Process:
    certificates = home.path / "minio-certs"
    return Process(
        argv=[str(engines.minio), "server", str(home.path / "minio"), "--quiet",
              "--address", f"{HOST}:{settings.minio_port}", "--certs-dir", str(certificates)],
        env={
            "MINIO_ROOT_USER": settings.minio_root_user,
            "MINIO_ROOT_PASSWORD": settings.minio_root_password.get_secret_value(),
            "MINIO_REGION": settings.s3_region,
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
        },
        cwd=home.path,
    )  # fmt: skip


def _postgres(home: Home, settings: Settings, engines: Engines) -> Process:
    data = home.path / "postgres"
    argv = [str(engines.postgres / "bin" / "postgres"), "-D", str(data),
            "-c", f"config_file={INFRA / 'postgres' / 'postgresql.conf'}",
            "-c", f"hba_file={INFRA / 'postgres' / 'pg_hba.conf'}",
            "-c", f"listen_addresses={HOST}", "-c", f"port={settings.postgres_port}"]  # fmt: skip
    # PostgreSQL's user may not enter every folder, so it works in the root folder.
    return Process(argv=[*unprivileged(engines.postgres, data, INFRA), *argv], env={}, cwd=Path("/"))


def _spark(home: Home, settings: Settings, engines: Engines) -> Process:
    spark, scratch = pyspark_home(), home.path / "spark" / "tmp"
    conf = {
        "spark.connect.grpc.binding.address": HOST,
        "spark.connect.grpc.binding.port": settings.spark_port,
        "spark.driver.host": HOST,
        "spark.driver.bindAddress": HOST,
        "spark.hadoop.fs.s3a.endpoint": settings.s3_endpoint,
        "spark.hadoop.fs.s3a.endpoint.region": settings.s3_region,
        "spark.hadoop.hadoop.tmp.dir": scratch,
        "spark.local.dir": scratch,
        "spark.sql.warehouse.dir": scratch / "warehouse",
    }
    return Process(
        argv=[str(engines.java_for_spark / "bin" / "java"), f"@{INFRA / 'spark' / 'jvm.args'}",
              f"-Djava.io.tmpdir={scratch}",
              "-cp", f"{INFRA / 'spark'}:{spark / 'jars'}/*:{engines.spark_jars}/*",
              "org.apache.spark.deploy.SparkSubmit", "--master", "local[2]",
              *(word for key, value in conf.items() for word in ("--conf", f"{key}={value}")),
              "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"],
        env={
            "SPARK_HOME": str(spark),
            "SPARK_CONF_DIR": str(INFRA / "spark"),
            "SPARK_LOCAL_IP": HOST,
            "AWS_ACCESS_KEY_ID": settings.spark_s3_access_key,
            "AWS_SECRET_ACCESS_KEY": settings.spark_s3_secret_key.get_secret_value(),
        },
        cwd=home.path / "spark",
        # A killed Spark leaves temporary rows here, which can be gigabytes and which the next one cannot use.
        scratch=scratch,
    )  # fmt: skip


def _trino(home: Home, settings: Settings, engines: Engines) -> Process:
    data = home.path / "trino"
    return Process(
        argv=[str(engines.trino / "bin" / "launcher"), "run", "--etc-dir", str(INFRA / "trino"),
              "--data-dir", str(data), "--jvm-dir", str(engines.java_for_trino),
              "-Dnode.id=shopflow", f"-Dnode.bind-ip={HOST}", f"-Dnode.internal-address={HOST}"],
        env={
            "SHOPFLOW_TRINO_PORT": str(settings.trino_port),
            "SHOPFLOW_S3_ENDPOINT": settings.s3_endpoint,
            "SHOPFLOW_S3_REGION": settings.s3_region,
            "SHOPFLOW_TRINO_S3_ACCESS_KEY": settings.trino_s3_access_key,
            "SHOPFLOW_TRINO_S3_SECRET_KEY": settings.trino_s3_secret_key.get_secret_value(),
            "SHOPFLOW_POSTGRES_HOST": settings.postgres_host,
            "SHOPFLOW_POSTGRES_PORT": str(settings.postgres_port),
            "SHOPFLOW_ICEBERG_DB_PASSWORD": settings.iceberg_db_password.get_secret_value(),
        },
        cwd=data,
    )  # fmt: skip


def _dagster(*arguments: str) -> Callable[[Home, Settings, Engines], Process]:
    """One of Dagster's programs; `{port}` and `{code_port}` in its arguments are filled in."""

    def process(home: Home, settings: Settings, _engines: Engines) -> Process:
        ports = {"port": settings.dagster_port, "code_port": settings.dagster_code_port, "host": HOST}
        program, *rest = (argument.format(**ports) for argument in arguments)
        return Process(
            argv=[str(Path(sys.executable).parent / program), *rest],
            env=dagster_environment(home, settings),
            cwd=CHECKOUT,
        )

    return process


_PROCESSES: dict[str, Callable[[Home, Settings, Engines], Process]] = {
    "minio": _minio,
    "postgres": _postgres,
    "spark": _spark,
    "trino": _trino,
    "dagster-code": _dagster("dagster", "code-server", "start", "-h", "{host}", "-p", "{code_port}",
                             "-m", "shopflow_assets.definitions", "--location-name", "shopflow"),
    "dagster-webserver": _dagster("dagster-webserver", "-h", "{host}", "-p", "{port}",
                                  "-w", "workspace.yaml"),
    "dagster-daemon": _dagster("dagster-daemon", "run", "-w", "workspace.yaml"),
}  # fmt: skip


def process(service: str, home: Home, settings: Settings, engines: Engines) -> Process:
    """The process of a service, with the environment that all services have in common."""
    own = _PROCESSES[service](home, settings, engines)
    common = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
        "HOME": str(home.path),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        **FEW_ARENAS,
        # By this mark `shopflow down` recognizes the processes that a killed supervisor left.
        MARK: str(home.path),
    }
    return replace(own, env=common | own.env)
