"""How each service is run: command, environment, working folder."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from local_stack.engines.fetch import Engines
from local_stack.engines.ivy import pyspark_home
from local_stack.environments import (
    dagster_environment,
    minio_environment,
    spark_environment,
    supervised,
    trino_environment,
)
from local_stack.home import CHECKOUT, INFRA, Home
from local_stack.services.privileges import unprivileged
from local_stack.settings import HOST, Settings


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
        env=minio_environment(settings),
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
        env=spark_environment(settings),
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
        env=trino_environment(settings),
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
                             "-m", "shopflow_assets.instance.code_location", "--location-name", "shopflow"),
    "dagster-webserver": _dagster("dagster-webserver", "-h", "{host}", "-p", "{port}",
                                  "-w", "workspace.yaml"),
    "dagster-daemon": _dagster("dagster-daemon", "run", "-w", "workspace.yaml"),
}  # fmt: skip


def process(service: str, home: Home, settings: Settings, engines: Engines) -> Process:
    """The process of a service, with the environment that all services have in common."""
    own = _PROCESSES[service](home, settings, engines)
    return replace(own, env=supervised(home) | own.env)
